import { io, type LogStorage, type Procedure, type Task } from '@varve/storage'
import { recycledName } from '../format/names.ts'
import type { Segment } from '../segment.ts'
import { createSpare, type Lineage, type Spare } from './birth.ts'
import type { Growth } from './frame-writer.ts'
import type { Metrics } from './metrics.ts'
import { overwritten } from './recycling.ts'

/** The file of a segment that was given up, under a spare's name. One of the two has to be called. */
export interface Claim {
  /** The old name is gone, durably: begins to make a spare of the file. */
  overwrite(): void
  /** Gives the file up. */
  abandon(): Procedure<void>
}

/**
 * Makes the next segment ready beside the writer: a file of zeros with all its blocks, synced, so that a rotation
 * neither waits for space nor changes metadata; an empty one where zeros do not pay. A spare that could not be made
 * costs time at the rotation, nothing else, so its failure ends nothing, and none is tried again before that.
 */
export class Spares {
  misses = 0
  readonly #lineage: Lineage
  readonly #metrics: Metrics
  #ready: Spare | undefined
  #making: Task<void> | undefined
  #claims = 0
  #isClaimed = false
  #hasFailed = false
  #isEnding = false

  constructor(lineage: Lineage, metrics: Metrics) {
    this.#lineage = lineage
    this.#metrics = metrics
  }

  /** Begins to make one, unless one is there or being made, or nothing can happen beside the caller. */
  prepare(growth: Growth): void {
    const { runtime } = this.#lineage
    if (!this.#isNeeded || this.#hasFailed || runtime.kind === 'synchronous') return
    this.#making = runtime.spawn(this.#make(growth))
  }

  /**
   * Gives a segment that nobody needs any more the name of a spare, if its file is wanted and fits. The name is not
   * durable yet. Undefined if the segment has to be removed like any other; what failed here is nobody's failure.
   */
  *claim({ name, state, header }: Segment): Procedure<Claim | undefined> {
    const { settings, storage, epoch, runtime } = this.#lineage
    // A cut segment is not whole: its rest was given back.
    const fits = state === 'sealed' && header.capacity === settings.segmentBytes
    if (!settings.recycle || !fits || !this.#isNeeded) return undefined
    const spare = recycledName(epoch, this.#claims)
    this.#claims += 1
    this.#isClaimed = true
    const abandon = (): Procedure<void> => this.#abandonClaim(spare)
    try {
      yield* io(`rename ${name} to ${spare}`, () => storage.rename(name, spare))
    } catch {
      yield* abandon()
      return undefined
    }
    const overwrite = (): void => {
      this.#isClaimed = false
      this.#making = runtime.spawn(this.#overwrite(spare))
    }
    return { overwrite, abandon }
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
    this.#isEnding = true
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

  get #isNeeded(): boolean {
    return this.#ready === undefined && !this.#isClaimed && !this.#isEnding && this.#making?.settled !== false
  }

  *#make(growth: Growth): Procedure<void> {
    const { segmentBytes } = this.#lineage.settings
    let spare: Spare | undefined
    try {
      spare = yield* createSpare(this.#lineage)
      const { file, name } = spare
      const size = growth === 'reserved' && file.reserve !== undefined ? segmentBytes : 0
      if (size > 0) yield* io(`reserve ${name}`, () => file.reserve?.(size))
      yield* io(`sync ${name}`, () => file.sync())
      this.#ready = { name, file, size }
    } catch {
      this.#hasFailed = true
      if (spare !== undefined) yield* abandon(spare, this.#lineage.storage)
    }
  }

  *#overwrite(name: string): Procedure<void> {
    const spare = yield* overwritten(this.#lineage, name, () => this.#isEnding)
    if (spare === undefined) {
      yield* removed(name, this.#lineage.storage)
      return
    }
    this.#ready = spare
    this.#metrics.recycled += 1
  }

  *#abandonClaim(name: string): Procedure<void> {
    yield* removed(name, this.#lineage.storage)
    this.#isClaimed = false
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

function* removed(name: string, storage: LogStorage): Procedure<void> {
  try {
    yield* io(`remove ${name}`, () => storage.remove(name))
  } catch {
    // It is not there, or the next open removes it.
  }
}
