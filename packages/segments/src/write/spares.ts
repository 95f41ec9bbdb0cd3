import { io, type LogStorage, type Procedure, type Task } from '@varve/storage'
import { createSpare, type Lineage, type Spare } from './birth.ts'

/**
 * Makes the next segment ready beside the writer: a file of zeros with all its blocks, synced, so that a rotation
 * neither waits for space nor changes metadata. A spare that could not be made costs time at the rotation, nothing
 * else, so its failure ends nothing, and none is tried again before that.
 */
export class Spares {
  misses = 0
  readonly #lineage: Lineage
  #ready: Spare | undefined
  #making: Task<void> | undefined
  #hasFailed = false

  constructor(lineage: Lineage) {
    this.#lineage = lineage
  }

  /** Begins to make one, unless one is there or being made, or nothing can happen beside the caller. */
  prepare(): void {
    const { runtime } = this.#lineage
    const isNeeded = this.#ready === undefined && !this.#hasFailed && this.#making?.settled !== false
    if (!isNeeded || runtime.kind === 'synchronous') return
    this.#making = runtime.spawn(this.#make())
  }

  /** A ready one, or undefined. It does not wait for one that is being made. */
  take(): Spare | undefined {
    const spare = this.#ready
    this.#ready = undefined
    this.#hasFailed = false
    if (spare === undefined) this.misses += 1
    return spare
  }

  /** Waits for what is under way and removes what nobody needs. */
  *dispose(): Procedure<void> {
    yield* this.settle()
    const spare = this.#ready
    this.#ready = undefined
    if (spare === undefined) return
    yield* io(`close ${spare.name}`, () => spare.file.close())
    yield* io(`remove ${spare.name}`, () => this.#lineage.storage.remove(spare.name))
  }

  /** Waits until nothing is under way. */
  *settle(): Procedure<void> {
    if (this.#making !== undefined) yield* this.#making.join()
  }

  *#make(): Procedure<void> {
    const { segmentBytes: size } = this.#lineage.settings
    let spare: Spare | undefined
    try {
      spare = yield* createSpare(this.#lineage)
      const { file, name } = spare
      if (file.reserve !== undefined) yield* io(`reserve ${name}`, () => file.reserve?.(size))
      yield* io(`sync ${name}`, () => file.sync())
      this.#ready = { name, file, size: file.reserve === undefined ? 0 : size }
    } catch {
      this.#hasFailed = true
      if (spare !== undefined) yield* abandon(spare, this.#lineage.storage)
    }
  }
}

/** What a half-made spare holds is space that the log may need now. If it cannot be removed, the next open does. */
function* abandon({ name, file }: Spare, storage: LogStorage): Procedure<void> {
  try {
    yield* io(`close ${name}`, () => file.close())
    yield* io(`remove ${name}`, () => storage.remove(name))
  } catch {
    // The spare failed before; that it cannot be removed either changes nothing.
  }
}
