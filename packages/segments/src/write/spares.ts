import { io, type Procedure, type Task } from '@varve/storage'
import { createSpare, type Lineage, type Spare } from './birth.ts'

/**
 * Makes the next segment ready beside the writer: a file of zeros with all its blocks, synced, so that a rotation
 * neither waits for space nor changes metadata. A spare that could not be made costs time at the rotation, nothing
 * else, so its failure is only counted.
 */
export class Spares {
  misses = 0
  /** Spares that could not be made, for the statistics. */
  failures = 0
  readonly #lineage: Lineage
  #ready: Spare | undefined
  #making: Task<void> | undefined

  constructor(lineage: Lineage) {
    this.#lineage = lineage
  }

  /** Begins to make one, unless one is there or being made, or nothing can happen beside the caller. */
  prepare(): void {
    const { runtime } = this.#lineage
    if (this.#ready !== undefined || this.#making?.settled === false || runtime.kind === 'synchronous') return
    this.#making = runtime.spawn(this.#make())
  }

  /** A ready one, or undefined. It does not wait for one that is being made. */
  take(): Spare | undefined {
    const spare = this.#ready
    this.#ready = undefined
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
      this.failures += 1
      if (spare !== undefined) yield* abandon(spare)
    }
  }
}

/** A half-made spare is removed by the next open; here only its handle must not stay behind. */
function* abandon(spare: Spare): Procedure<void> {
  try {
    yield* io(`close ${spare.name}`, () => spare.file.close())
  } catch {
    // It failed before; that it cannot be closed either changes nothing.
  }
}
