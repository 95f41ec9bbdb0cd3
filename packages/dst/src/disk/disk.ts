import { FileContent } from './content.ts'
import { Digest } from './digest.ts'

/** A change of the directory that is not durable yet. */
export type NameChange = { readonly stamp: number } & (
  | { readonly kind: 'create'; readonly name: string; readonly content: FileContent }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string; readonly content: FileContent }
  | { readonly kind: 'remove'; readonly name: string }
)

export type Names = Map<string, FileContent>

/**
 * A simulated directory and its files. Who holds the lock is not part of it: a crash ends every holder. The generation
 * of the lock is a name as well, and lost with the others.
 */
export class Disk {
  /** As readers see it. */
  readonly names: Names
  readonly durableNames: Names
  readonly pending: NameChange[]
  generation: number
  durableGeneration: number
  #stamp = 0

  constructor(names: Names = new Map(), generation = 0) {
    this.names = names
    this.durableNames = new Map(names)
    this.pending = []
    this.generation = generation
    this.durableGeneration = generation
  }

  /** The same disk once more, as a killed process leaves it: everything that was written can be read. */
  clone(): Disk {
    const copies = new Map<FileContent, FileContent>()
    const copyOf = (content: FileContent): FileContent => {
      const copy = copies.get(content) ?? content.clone()
      copies.set(content, copy)
      return copy
    }
    const disk = new Disk(new Map(), this.generation)
    disk.durableGeneration = this.durableGeneration
    disk.#stamp = this.#stamp
    for (const [name, content] of this.names) disk.names.set(name, copyOf(content))
    for (const [name, content] of this.durableNames) disk.durableNames.set(name, copyOf(content))
    for (const change of this.pending) {
      disk.pending.push(change.kind === 'remove' ? change : { ...change, content: copyOf(change.content) })
    }
    return disk
  }

  /** The number of the change that is about to happen, from 1. */
  stamp(): number {
    this.#stamp += 1
    return this.#stamp
  }

  create(name: string): FileContent {
    const content = new FileContent()
    this.names.set(name, content)
    this.pending.push({ kind: 'create', name, content, stamp: this.stamp() })
    return content
  }

  rename(from: string, to: string): void {
    const content = this.names.get(from) as FileContent
    this.names.delete(from)
    this.names.set(to, content)
    this.pending.push({ kind: 'rename', from, to, content, stamp: this.stamp() })
  }

  remove(name: string): void {
    this.names.delete(name)
    this.pending.push({ kind: 'remove', name, stamp: this.stamp() })
  }

  syncNames(): void {
    this.durableNames.clear()
    for (const [name, content] of this.names) this.durableNames.set(name, content)
    this.pending.length = 0
    this.durableGeneration = this.generation
  }

  /** Every file that has a name now, had one when names were last durable, or may get one back. */
  contents(): Set<FileContent> {
    const contents = new Set([...this.names.values(), ...this.durableNames.values()])
    for (const change of this.pending) if (change.kind !== 'remove') contents.add(change.content)
    return contents
  }

  /** Tells this disk from others by everything that can be read of it, or that a loss of power may make of it. */
  get digest(): number {
    const digest = new Digest().number(this.generation).number(this.durableGeneration)
    const known = new Map<FileContent, number>()
    const content = (file: FileContent): void => {
      const number = known.get(file) ?? known.size
      digest.word(number)
      if (number < known.size) return
      known.set(file, number)
      digest.number(file.digest)
    }
    const listed = (names: Names): void => {
      for (const name of [...names.keys()].sort()) {
        digest.number(digestOfName(name))
        content(names.get(name) as FileContent)
      }
    }
    listed(this.names)
    if (this.pending.length === 0) return digest.value
    listed(this.durableNames)
    for (const change of this.pending) {
      digest.text(change.kind === 'rename' ? `${change.from} ${change.to}` : `${change.kind} ${change.name}`)
      if (change.kind !== 'remove') content(change.content)
    }
    return digest.value
  }
}

const digestsOfNames = new Map<string, number>()

/** Names are few and come again and again. */
function digestOfName(name: string): number {
  const known = digestsOfNames.get(name)
  if (known !== undefined) return known
  const { value } = new Digest().text(name)
  digestsOfNames.set(name, value)
  return value
}
