import { isVarveError } from '@varve/codec'
import { io, type Procedure } from '@varve/storage'
import { Exclusive } from '../exclusive.ts'
import type { Leases } from '../read/leases.ts'
import type { Lookup } from '../read/lookup.ts'
import { fileBytes, isArchived, type Segment } from '../segment.ts'
import type { Lineage } from './birth.ts'
import type { Committer } from './committer.ts'
import type { Spares } from './spares.ts'

/** What a reclaim did. */
export interface ReclaimReport {
  /** Oldest sequence number still promised. */
  readonly floor: number
  /** Names of the segments that were removed, oldest first. */
  readonly removed: readonly string[]
  /** Of these, the ones whose files are being made ready to be the next segment; see `LogOptions.recycle`. */
  readonly recycled: readonly string[]
  /**
   * Names of the segments wholly below the floor that are still there: a reader holds them, or their names or the
   * floor's are not durable enough to part with them. The next reclaim takes them, or the next open.
   */
  readonly deferred: readonly string[]
  /** What the removed segments took, in bytes. */
  readonly bytes: number
}

/**
 * Removes segments that lie wholly below the durable floor, beside the commits. One at a time, oldest first, and each
 * removal is durable before the next one, so that what is left has no gap whenever the power fails.
 *
 * What is removed is never needed again: the floor is durable, and so is a statement of it in what is left.
 */
export class Retention {
  readonly #lineage: Lineage
  readonly #committer: Committer
  readonly #leases: Leases
  readonly #lookup: Lookup
  readonly #spares: Spares
  readonly #turns: Exclusive

  constructor(lineage: Lineage, committer: Committer, leases: Leases, lookup: Lookup, spares: Spares) {
    this.#lineage = lineage
    this.#committer = committer
    this.#leases = leases
    this.#lookup = lookup
    this.#spares = spares
    this.#turns = new Exclusive(lineage.runtime)
  }

  /**
   * Whether the newest closed segment, which is to go, is the one that states floor and checkpoints by its SEAL: then
   * the active segment has to state them first.
   */
  get needsRestating(): boolean {
    const { closed, book } = this.#committer
    return closed.length > 0 && !book.standsAlone && this.#isArchived(undefined)
  }

  /** `checkOpen` is asked before each removal: a log that has ended, or lost its lock, removes nothing. */
  *reclaim(checkOpen: () => void): Procedure<ReclaimReport> {
    return yield* this.#turns.run(() => this.#removeArchived(checkOpen))
  }

  /** Waits until nothing is under way, nor what it has set off. */
  *settle(): Procedure<void> {
    yield* this.#turns.run(() => this.#spares.settle())
  }

  *#removeArchived(checkOpen: () => void): Procedure<ReclaimReport> {
    const removed: string[] = []
    const recycled: string[] = []
    let bytes = 0
    for (;;) {
      checkOpen()
      const [oldest, second] = this.#committer.closed
      if (oldest === undefined || !this.#isArchived(second) || !this.#isRemovable(oldest)) break
      if (yield* this.#giveUp(oldest)) recycled.push(oldest.name)
      removed.push(oldest.name)
      bytes += fileBytes(oldest)
      yield* this.#lineage.runtime.turn()
    }
    const { closed, book } = this.#committer
    const deferred = closed.filter((_, at) => this.#isArchived(closed[at + 1])).map(({ name }) => name)
    return { floor: book.durable.floor, removed, recycled, deferred, bytes }
  }

  /** Whether the closed segment before `successor` lies wholly below the floor; without one, before the active one. */
  #isArchived(successor: Segment | undefined): boolean {
    const { active, book } = this.#committer
    return isArchived(successor ?? active.segment, book.durable.floor)
  }

  #isRemovable({ index }: Segment): boolean {
    const { closed, book } = this.#committer
    // A name that may still vanish may take the floor with it, and then the old segments are the log.
    if (this.#lineage.storage.capabilities.names === 'eventual') return false
    if (this.#leases.countFor(index) > 0) return false
    return closed.length > 1 || book.standsAlone
  }

  /** Takes a segment away, durably. True if its file becomes a spare. */
  *#giveUp(segment: Segment): Procedure<boolean> {
    const { name } = segment
    const { storage } = this.#lineage
    yield* this.#lookup.forget(segment.index)
    const claim = yield* this.#spares.claim(segment)
    if (claim === undefined) yield* this.#remove(name)
    this.#committer.closed.shift()
    try {
      yield* io(`make the removal of ${name} durable`, () => storage.syncNames())
    } catch (error) {
      // The old name may come back, and must find the old bytes then.
      if (claim !== undefined) yield* claim.abandon()
      throw error
    }
    claim?.overwrite()
    return claim !== undefined
  }

  *#remove(name: string): Procedure<void> {
    try {
      yield* io(`remove ${name}`, () => this.#lineage.storage.remove(name))
    } catch (error) {
      // An earlier removal may have failed after it was done.
      if (!isVarveError(error, 'NOT_FOUND')) throw error
    }
  }
}
