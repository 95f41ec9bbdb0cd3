import { CrashContent } from './crash-content.ts'

/** A change of the directory that is not durable yet. */
export type NameChange =
  | { readonly kind: 'create'; readonly name: string; readonly content: CrashContent }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string; readonly content: CrashContent }
  | { readonly kind: 'remove'; readonly name: string }

/**
 * What may become of a change that is not durable. A rename may come apart: `removed`, the old name is gone and the new
 * one is not there; `added`, both are there.
 */
export type NameOutcome = 'lost' | 'done' | 'removed' | 'added'

export type CrashNames = Map<string, CrashContent>

/**
 * A directory and its files between two crashes. Who holds the lock is not part of it: a crash ends every holder. The
 * generation of the lock is a name as well, and lost with the others.
 */
export class CrashDisk {
  /** As readers see it. */
  readonly names: CrashNames
  readonly durableNames: CrashNames
  readonly pending: NameChange[]
  generation: number
  durableGeneration: number

  constructor(names: CrashNames = new Map(), generation = 0) {
    this.names = names
    this.durableNames = new Map(names)
    this.pending = []
    this.generation = generation
    this.durableGeneration = generation
  }

  /** The same disk once more, as a killed process leaves it: everything that was written can be read. */
  clone(): CrashDisk {
    const copies = new Map<CrashContent, CrashContent>()
    const copyOf = (content: CrashContent): CrashContent => {
      const copy = copies.get(content) ?? content.clone()
      copies.set(content, copy)
      return copy
    }
    const disk = new CrashDisk(mapped(this.names, copyOf), this.generation)
    disk.durableGeneration = this.durableGeneration
    disk.durableNames.clear()
    for (const [name, content] of this.durableNames) disk.durableNames.set(name, copyOf(content))
    for (const change of this.pending) {
      disk.pending.push(change.kind === 'remove' ? change : { ...change, content: copyOf(change.content) })
    }
    return disk
  }

  create(name: string): CrashContent {
    const content = new CrashContent()
    this.names.set(name, content)
    this.pending.push({ kind: 'create', name, content })
    return content
  }

  rename(from: string, to: string): void {
    const content = this.names.get(from) as CrashContent
    this.names.delete(from)
    this.names.set(to, content)
    this.pending.push({ kind: 'rename', from, to, content })
  }

  remove(name: string): void {
    this.names.delete(name)
    this.pending.push({ kind: 'remove', name })
  }

  syncNames(): void {
    this.durableNames.clear()
    for (const [name, content] of this.names) this.durableNames.set(name, content)
    this.pending.length = 0
    this.durableGeneration = this.generation
  }

  /** The directory that power loss leaves when each pending change comes out as told. */
  namesAfter(outcomes: readonly NameOutcome[]): CrashNames {
    const names = new Map(this.durableNames)
    this.pending.forEach((change, at) => {
      const outcome = outcomes[at]
      if (outcome === 'lost') return
      if (change.kind === 'create') names.set(change.name, change.content)
      else if (change.kind === 'remove') names.delete(change.name)
      else {
        if (outcome !== 'added') names.delete(change.from)
        if (outcome !== 'removed') names.set(change.to, change.content)
      }
    })
    return names
  }
}

/** The ways in which a change may come out. */
export function outcomesOf(change: NameChange): readonly NameOutcome[] {
  return change.kind === 'rename' ? ['lost', 'done', 'removed', 'added'] : ['lost', 'done']
}

function mapped(names: CrashNames, copyOf: (content: CrashContent) => CrashContent): CrashNames {
  return new Map([...names].map(([name, content]) => [name, copyOf(content)]))
}
