import type { Gate, Procedure, Runtime } from '@varve/storage'
import type { Visibility } from '../api/options.ts'
import { segmentOf } from '../segment.ts'
import { Cursor } from './cursor.ts'
import type { Lease } from './leases.ts'
import { Pace } from './pace.ts'
import type { PulseListener } from './pulse.ts'
import type { LogRecord } from './log-record.ts'
import { nextRun, type RecordRun } from './records.ts'
import type { LogView } from './view.ts'

/** The most records that are read ahead of the slowest tail that keeps up. */
const runRecordsMax = 256

/** What waking a tail costs, and how many bytes cost as much to copy as a record, counted in records. */
const wakeCost = 8
const bytesPerRecord = 1024

/** Where a feed reads. */
interface Source {
  readonly cursor: Cursor
  readonly lease: Lease
}

/** The place of one tail in a feed. */
export class Seat {
  /** Number of the next record that the tail is to get. */
  next: number
  /** What the tail holds by itself, since the feed has gone on without it. */
  lease: Lease | undefined
  /** What was handed out to it, or why nothing could be. */
  given: { readonly records: readonly LogRecord[] } | { readonly failure: unknown } | undefined
  readonly gate: Gate

  constructor(next: number, runtime: Runtime) {
    this.next = next
    this.gate = runtime.gate()
  }

  wake(): void {
    this.gate.open()
    this.gate.shut()
  }
}

/**
 * What is new in a log, read and verified once for all tails that keep up, each of which gets copies of its own. It
 * reads no further than the last of them has got, but for one run of records: who does not come for what it is due is
 * left behind, with a claim of its own on the segments, and reads by itself until it has caught up. So the memory that
 * it takes is that of one cursor, whatever the tails do.
 *
 * Those that have a seat share one claim, on the segment where the feed stands.
 */
export class TailFeed implements PulseListener {
  readonly #view: LogView
  readonly #visibility: Visibility | undefined
  readonly #pace: Pace
  /** Tails that keep up; of these, those that wait, longest first. */
  readonly #seated = new Set<Seat>()
  readonly #waiting = new Set<Seat>()
  /** Present while anybody is seated, and until its file is closed. */
  #source: Source | undefined
  /** What was read last. While the next one is being read, nobody who is seated is due any of it. */
  #run: RecordRun | undefined
  /** Number of the record behind it. */
  #next = 0
  #isBusy = false
  /** Open while no round is under way. */
  readonly #idle: Gate

  constructor(view: LogView, visibility: Visibility | undefined) {
    this.#view = view
    this.#visibility = visibility
    this.#pace = new Pace(view.runtime, (portion) => { this.#begin(portion) })
    this.#idle = view.runtime.gate()
    this.#idle.open()
  }

  /** Gives a tail a seat, unless it has to catch up first: with what was read, or with all that is visible. */
  join(seat: Seat): boolean {
    if (this.#seated.has(seat)) return true
    if (this.#source === undefined && seat.next <= this.#visible) return false
    this.#source ??= this.#start()
    if (seat.next < this.#next) return false
    this.#seated.add(seat)
    this.#source.lease.readers += 1
    this.release(seat)
    return true
  }

  /** What there is for the tail; undefined when it has to wait, or has no seat. Throws what its wait has come to. */
  take(seat: Seat): readonly LogRecord[] | undefined {
    const { given } = seat
    seat.given = undefined
    if (given === undefined) return this.#seated.has(seat) ? this.#copyFor(seat) : undefined
    if ('failure' in given) throw given.failure
    return given.records
  }

  /** Waits for more, or until the seat is woken. The caller has a seat, and has just found nothing to take. */
  *wait(seat: Seat): Procedure<void> {
    this.#waiting.add(seat)
    this.moved()
    yield* seat.gate.wait()
    this.#waiting.delete(seat)
  }

  /** Gives the seat up, and leaves what it held to the tail. */
  *part(seat: Seat): Procedure<void> {
    if (!this.#seated.has(seat)) return
    seat.lease = this.#view.leases.take(this.#place.index)
    yield* this.leave(seat)
  }

  /** Gives the seat up. The last one to go closes the file, and holds its segment until that is done. */
  *leave(seat: Seat): Procedure<void> {
    if (!this.#seated.delete(seat)) return
    const source = this.#source
    while (this.#isDeserted() && this.#isBusy) yield* this.#idle.wait()
    // It was closed meanwhile, and with it the claim has ended; another one is not for this seat to give up.
    if (this.#source !== source) return
    if (this.#isDeserted()) yield* this.#close()
    else this.#place.readers -= 1
  }

  /** Ends what a tail held while it had no seat. */
  release(seat: Seat): void {
    if (seat.lease !== undefined) this.#view.leases.end(seat.lease)
    seat.lease = undefined
  }

  moved(): void {
    if (this.#waiting.size > 0 && this.#next <= this.#visible) this.#pace.want(this.#seated.size, false)
  }

  commits(): void {
    this.#pace.commits()
  }

  ended(): void {
    this.#pace.cancel()
    for (const seat of this.#waiting) seat.wake()
    this.#waiting.clear()
  }

  get #visible(): number {
    return this.#view.visibleSequence(this.#visibility)
  }

  /** The claim that all who are seated share. */
  get #place(): Lease {
    return (this.#source as Source).lease
  }

  #start(): Source {
    const { segments, leases } = this.#view
    const from = this.#visible + 1
    const lease = leases.take(segmentOf(segments, from)?.index ?? 0, 0)
    this.#next = from
    const range = { from, ...(this.#visibility && { visibility: this.#visibility }) }
    return { cursor: new Cursor(this.#view, range, lease), lease }
  }

  /** A method, because the compiler believes that waiting changes no field. */
  #isDeserted(): boolean {
    return this.#seated.size === 0
  }

  #begin(portion: number): void {
    // A round that is under way looks again when it ends.
    if (this.#isBusy) return
    this.#isBusy = true
    this.#idle.shut()
    const { runtime } = this.#view
    runtime.later(() => { runtime.spawn(this.#round(portion)) })
  }

  *#round(portion: number): Procedure<void> {
    try {
      if (this.#hasTaker() || (yield* this.#load())) this.#handOut(portion)
    } catch (error) {
      yield* this.#fail(error)
    } finally {
      this.#isBusy = false
      this.#idle.open()
    }
    if (this.#waiting.size > 0 && (this.#hasTaker() || this.#next <= this.#visible)) {
      this.#pace.want(this.#seated.size, true)
    }
  }

  #hasTaker(): boolean {
    for (const seat of this.#waiting) if (this.#isDue(seat)) return true
    return false
  }

  #isDue({ next }: Seat): boolean {
    return this.#run !== undefined && next <= this.#run.lastSequence
  }

  /** Reads the next run, if anybody waits for it. Leaves behind who has not come for the last one, which is gone. */
  *#load(): Procedure<boolean> {
    if (this.#waiting.size === 0) return false
    for (const seat of this.#seated) if (this.#isDue(seat)) this.#leaveBehind(seat)
    this.#run = yield* nextRun((this.#source as Source).cursor, runRecordsMax)
    if (this.#run !== undefined) this.#next = this.#run.lastSequence + 1
    return this.#run !== undefined
  }

  #leaveBehind(seat: Seat): void {
    seat.lease = this.#view.leases.take(this.#place.index)
    this.#place.readers -= 1
    this.#seated.delete(seat)
  }

  #handOut(portion: number): void {
    let left = portion
    for (const seat of this.#waiting) {
      const records = this.#copyFor(seat)
      if (records === undefined) continue
      seat.given = { records }
      this.#waiting.delete(seat)
      seat.wake()
      left -= costOf(records)
      if (left <= 0) return
    }
  }

  #copyFor(seat: Seat): readonly LogRecord[] | undefined {
    if (!this.#isDue(seat)) return undefined
    const records = this.#run?.copy(seat.next)
    seat.next = this.#next
    return records
  }

  /** What could not be read is the failure of those who wait for it; the others find out for themselves. */
  *#fail(failure: unknown): Procedure<void> {
    const waiting = [...this.#waiting]
    for (const seat of this.#seated) if (!this.#waiting.has(seat)) this.#leaveBehind(seat)
    this.#place.readers = 1
    this.#waiting.clear()
    this.#seated.clear()
    try {
      yield* this.#close()
    } catch {
      // The first failure is the one to tell of.
    }
    for (const seat of waiting) {
      seat.given = { failure }
      seat.wake()
    }
  }

  *#close(): Procedure<void> {
    const source = this.#source
    this.#source = undefined
    this.#run = undefined
    this.#pace.cancel()
    if (source !== undefined) yield* source.cursor.close()
  }
}

function costOf(records: readonly LogRecord[]): number {
  return records.reduce((cost, { payload }) => cost + 1 + payload.length / bytesPerRecord, wakeCost)
}
