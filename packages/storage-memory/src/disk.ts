import { VarveError } from '@varve/codec'
import { checkFileName } from '@varve/storage'
import { MemoryContent } from './content.ts'

/** What a disk held at one moment; plain data that later changes do not touch. */
export interface MemorySnapshot {
  /** The bytes of every file by name. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>
  /** The highest lock generation ever given; the next one is higher. */
  readonly generation: number
}

/**
 * A directory in memory that several storages may share, as several processes share a directory.
 * Make one with {@link memoryDisk}.
 */
export interface MemoryDisk {
  /** Copies everything. Who holds the lock is not part of it: whoever restores it finds the holder gone. */
  snapshot(): MemorySnapshot
}

/** The disk as the storages of this package see it. */
export class SharedDisk implements MemoryDisk {
  readonly files: Map<string, MemoryContent> = new Map<string, MemoryContent>()
  readonly watchers: Set<() => void> = new Set<() => void>()
  /** Who writes, if anyone. The object's identity is the right to write, its text names the holder. */
  writer: { readonly holder: string } | undefined
  generation: number
  /** Numbers the storages opened on this disk, so that errors can name one. */
  storages = 0
  #announced = false

  constructor(snapshot?: MemorySnapshot) {
    this.generation = snapshot?.generation ?? 0
    for (const [name, bytes] of snapshot?.files ?? []) {
      checkFileName(name)
      this.files.set(name, new MemoryContent(bytes))
    }
  }

  snapshot(): MemorySnapshot {
    const files = new Map<string, Uint8Array<ArrayBuffer>>()
    for (const [name, content] of this.files) files.set(name, content.copy())
    return { files, generation: this.generation }
  }

  /** Tells the watchers, once for everything that changes before they run: never inside the writer's call. */
  announce(): void {
    if (this.#announced || this.watchers.size === 0) return
    this.#announced = true
    void Promise.resolve().then(() => {
      this.#announced = false
      for (const changed of [...this.watchers]) {
        // An earlier callback may have stopped this one.
        if (this.watchers.has(changed)) changed()
      }
    })
  }

  content(name: string): MemoryContent {
    const content = this.files.get(name)
    if (content !== undefined) return content
    throw new VarveError('NOT_FOUND', `there is no file ${name}`, { file: name })
  }
}

/**
 * Makes a disk for {@link memoryStorage}, empty or as a snapshot left it. It lives as long as it is referenced.
 *
 * @throws VarveError `INVALID_ARGUMENT` when the snapshot holds a name that is not plain.
 *
 * @example
 * ```ts
 * const disk = memoryDisk()
 * const writer = memoryStorage({ disk })
 * const follower = memoryStorage({ disk })
 * ```
 */
export function memoryDisk(snapshot?: MemorySnapshot): MemoryDisk {
  return new SharedDisk(snapshot)
}
