import { isVarveError, scanStop, type Kernel } from '@varve/codec'
import { io, type LogFile, type LogStorage, type Procedure, type Runtime } from '@varve/storage'
import type { LogSettings, Visibility } from '../api/options.ts'
import { Exclusive } from '../exclusive.ts'
import { sortNames, type NamedFiles } from '../format/names.ts'
import { unsupportedFrame, type Damage } from '../read/errors.ts'
import { Leases } from '../read/leases.ts'
import { Pulse } from '../read/pulse.ts'
import type { ReadBuffers } from '../read/read-buffers.ts'
import { reading } from '../read/reading.ts'
import type { ForeignLog, LogView } from '../read/view.ts'
import { believedEnd, replicaFacts } from '../replica/replica-facts.ts'
import { segmentOf, type Segment } from '../segment.ts'
import { readContents } from './last-segment.ts'
import { openReadOnly, type ReadEnd, type ReadOnlyLog } from './open-read-only.ts'

/** A hint of the storage may never come: this much more seldom than without hints, the log is looked at anyway. */
const hintedPollFactor = 20

/**
 * A log that somebody else writes. It stays what it was when it was opened, until somebody follows it: then it is
 * looked at again, from where the last look ended, whenever something may have changed.
 */
export class FollowedView implements LogView, ForeignLog {
  readonly storage: LogStorage
  readonly runtime: Runtime
  readonly buffers: ReadBuffers
  /** Nobody removes segments here, so they hold nothing. */
  readonly leases: Leases = new Leases()
  readonly moved: Pulse
  readonly #settings: LogSettings
  /** One looks at a time. */
  readonly #turns: Exclusive
  #hasNews = false
  #now: ReadOnlyLog

  constructor(settings: LogSettings, found: ReadOnlyLog) {
    const { storage, runtime, buffers } = settings
    this.storage = storage
    this.runtime = runtime
    this.buffers = buffers
    this.moved = new Pulse(runtime)
    this.#settings = settings
    this.#turns = new Exclusive(runtime)
    this.#now = found
  }

  get foreign(): ForeignLog {
    return this
  }

  get firstSequence(): number {
    return this.#now.firstSequence
  }

  get segments(): readonly Segment[] {
    return this.#now.segments
  }

  get durableEnd(): number {
    return this.#now.end?.proven.end ?? 0
  }

  get checkpoints(): Uint8Array<ArrayBuffer> {
    return this.#now.checkpoints
  }

  get damage(): readonly Damage[] {
    return this.#now.damage
  }

  get hasNews(): boolean {
    return this.#hasNews
  }

  segmentOf(sequence: number): Segment | undefined {
    return segmentOf(this.segments, sequence)
  }

  visibleSequence(visibility: Visibility | undefined): number {
    const { lastSequence, durableSequence, damage } = this.#now
    // Beside damage, only what is proven to have been durable is shown unless the caller asks for more.
    const usual = this.#settings.visibility ?? (damage.length > 0 ? 'durable' : 'written')
    return (visibility ?? usual) === 'durable' ? durableSequence : lastSequence
  }

  follow(pollMs: number): () => void {
    const look = (): void => {
      this.#hasNews = true
      this.moved.tell()
    }
    const { storage, runtime } = this
    const stopWatching = storage.watch?.(look)
    const ms = stopWatching === undefined ? pollMs : pollMs * hintedPollFactor
    let cancel: () => void
    const wait = (): void => {
      cancel = runtime.after(ms, () => {
        look()
        wait()
      })
    }
    // What changed before there was anybody to be told.
    look()
    wait()
    return () => {
      cancel()
      stopWatching?.()
    }
  }

  *refresh(): Procedure<void> {
    this.#hasNews = true
    yield* this.catchUp()
  }

  *catchUp(): Procedure<void> {
    yield* this.#turns.run(() => this.#look())
  }

  *#look(): Procedure<void> {
    if (!this.#hasNews) return
    this.#hasNews = false
    try {
      const before = this.#now
      this.#now = (yield* this.#extended()) ?? (yield* openReadOnly(this.#settings))
      // Whoever came during the look saw no news, and waits. Where nothing is new, two who look again because of the
      // same damage must not wake each other for ever.
      if (!isSameLook(before, this.#now)) this.moved.tell()
    } catch (error) {
      this.#hasNews = true
      throw error
    }
  }

  /** What has come to the newest segment since; undefined when something else has changed as well. */
  *#extended(): Procedure<ReadOnlyLog | undefined> {
    const { end, damage } = this.#now
    if (end === undefined || damage.length > 0) return undefined
    const files = sortNames(yield* io('list the log', () => this.storage.list()))
    if (!this.#isAsBefore(files, end)) return undefined
    try {
      const replica = yield* replicaFacts(this.storage, files)
      return yield* this.#extend(end, replica && believedEnd(replica, end.surveyed))
    } catch (error) {
      // A replica that was promoted at this moment has no position any more.
      if (isVarveError(error, 'NOT_FOUND')) return undefined
      throw error
    }
  }

  /** Whether the newest segment is still the newest one, and the oldest that is known was not removed. */
  #isAsBefore({ segments, isReplica }: NamedFiles, { surveyed }: ReadEnd): boolean {
    const oldest = this.#now.segments[0]?.name
    const isSame = segments.at(-1)?.name === surveyed.name && isReplica === this.#now.isReplica
    return isSame && segments.some(({ name }) => name === oldest)
  }

  *#extend(end: ReadEnd, believed: number | undefined): Procedure<ReadOnlyLog> {
    const { surveyed } = end
    const { name, header } = surveyed
    const { runtime } = this
    const lookOn = function* (file: LogFile, kernel: Kernel): Procedure<ReadEnd> {
      const scan = yield* readContents(file, surveyed, header.capacity, kernel, runtime, end.contents)
      if (scan.stop === scanStop.unsupported) throw unsupportedFrame(name, scan.badPlace)
      const durableEnd = Math.max(end.durableEnd, believed ?? scan.durableEnd)
      const limit = Math.min(durableEnd, scan.contents.end)
      const { contents: proven } = yield* readContents(file, surveyed, limit, kernel, runtime, end.proven)
      return { surveyed, contents: scan.contents, proven, durableEnd }
    }
    const longer = yield* this.buffers.lend((kernel) => reading(this.storage, name, (file) => lookOn(file, kernel)))
    const { contents, proven } = longer
    const active = this.#now.segments.at(-1) as Segment
    const { end: position, lastSequence, floor, checkpoints, index } = contents
    const segment = { ...active, end: position, lastSequence, sparseIndex: index.entries }
    return {
      ...this.#now,
      end: longer,
      segments: [...this.#now.segments.slice(0, -1), segment],
      // What a replica never had lies below its floor, whatever the source still promised.
      firstSequence: Math.max(this.#now.firstSequence, floor ?? 1),
      checkpoints: checkpoints ?? this.#now.checkpoints,
      lastSequence,
      durableSequence: proven.lastSequence,
    }
  }
}

/** Whether nobody who reads would notice a difference. */
function isSameLook(one: ReadOnlyLog, other: ReadOnlyLog): boolean {
  return (
    one.lastSequence === other.lastSequence &&
    one.durableSequence === other.durableSequence &&
    one.firstSequence === other.firstSequence &&
    one.segments.length === other.segments.length &&
    one.segments.at(-1)?.end === other.segments.at(-1)?.end &&
    one.segments.at(-1)?.name === other.segments.at(-1)?.name &&
    one.end?.proven.end === other.end?.proven.end &&
    one.damage.length === other.damage.length
  )
}
