import type { Procedure, Runtime } from '@varve/storage'
import type { Observation } from '../observe/observation.ts'
import { BusyTime } from './busy-time.ts'
import { SampleWindow, type Distribution } from './sample-window.ts'

/** Why a commit was started when it was; counted for each commit. */
export type CommitReason = 'idle' | 'bytes' | 'records' | 'delay' | 'full' | 'fence'

/** A moment of a writer. Counts are since it was opened; bytes are bytes of frames. */
export interface WriterStats {
  /** What is staged and not yet taken by a commit; `queuedBytes` never exceeds `queue.maxBytes`. */
  readonly queuedRecords: number
  readonly queuedBytes: number
  /** Calls that wait for room in the queue, fences among them, and what they are going to stage. */
  readonly waitingCalls: number
  readonly waitingBytes: number
  readonly records: number
  readonly bytes: number
  readonly commits: number
  readonly commitReasons: Readonly<Record<CommitReason, number>>
  /** Records per commit, over the last 1,024 commits that wrote any. */
  readonly batchRecords: Distribution
  readonly syncs: number
  /** Milliseconds, over the last 1,024 syncs. */
  readonly syncLatencyMs: Distribution
  /**
   * Share of the last ten seconds, or of the time since the log was opened, in which a sync or a rotation was under
   * way, from 0 to 1. Near 1 the storage is what limits the log: larger batches help, more callers do not.
   */
  readonly saturation: number
  readonly rotations: number
  /** Rotations that had to make their segment themselves, because no spare was ready. */
  readonly spareMisses: number
  /** What the observer threw; from then on it heard of nothing. */
  readonly observerFailure: unknown
  /** Segments given up whose files were made ready to be the next one; see `LogOptions.recycle`. */
  readonly recycled: number
}

interface Queue {
  readonly queuedRecords: number
  readonly queuedBytes: number
}

interface Crowd {
  readonly waitingCalls: number
  readonly waitingBytes: number
}

/** Counts what the writer does, and tells the observer. Nothing in the log depends on either. */
export class Metrics {
  records = 0
  bytes = 0
  commits = 0
  rotations = 0
  spareMisses = 0
  recycled = 0
  readonly reasons: Record<CommitReason, number> = { idle: 0, bytes: 0, records: 0, delay: 0, full: 0, fence: 0 }
  readonly observation: Observation | undefined
  readonly #runtime: Runtime
  readonly #syncsMs = new SampleWindow()
  readonly #batches = new SampleWindow()
  readonly #busy: BusyTime
  /** Counts at the last commit. */
  #recordsBefore = 0
  #bytesBefore = 0
  /** The number of commits when the queue was last said to be full. */
  #saidFullAt = -1

  constructor(runtime: Runtime, observation?: Observation) {
    this.#runtime = runtime
    this.observation = observation
    this.#busy = new BusyTime(runtime.now())
  }

  /** So much was handed to the operating system. */
  wrote(records: number, bytes: number): void {
    this.records += records
    this.bytes += bytes
  }

  /** A commit has come to its end, which began at `began`. */
  committed(began: number, writtenSequence: number, durableSequence: number): void {
    this.commits += 1
    const records = this.records - this.#recordsBefore
    const bytes = this.bytes - this.#bytesBefore
    this.#recordsBefore = this.records
    this.#bytesBefore = this.bytes
    if (records > 0) this.#batches.add(records)
    if (this.observation === undefined) return
    const ms = this.#runtime.now() - began
    this.observation.tell({ kind: 'committed', records, bytes, ms, writtenSequence, durableSequence })
  }

  /** A sync has succeeded, or a write that is one. */
  synced(ms: number): void {
    this.#syncsMs.add(ms)
    this.observation?.tell({ kind: 'synced', ms })
  }

  /** Counts the time of `procedure`, in which something is being made durable. */
  *busyWith<T>(procedure: Procedure<T>): Procedure<T> {
    this.#busy.begin(this.#runtime.now())
    try {
      return yield* procedure
    } finally {
      this.#busy.end(this.#runtime.now())
    }
  }

  rotated(segment: string, firstSequence: number, spareMisses: number): void {
    this.rotations += 1
    this.spareMisses = spareMisses
    this.observation?.tell({ kind: 'rotated', segment, firstSequence })
  }

  /** A call found the queue full. */
  full(outcome: 'waiting' | 'refused', queue: Queue, crowd: Crowd): void {
    if (this.observation === undefined || this.#saidFullAt === this.commits) return
    this.#saidFullAt = this.commits
    const { queuedRecords, queuedBytes } = queue
    const { waitingCalls, waitingBytes } = crowd
    this.observation.tell({ kind: 'full', outcome, queuedRecords, queuedBytes, waitingCalls, waitingBytes })
  }

  stats({ queuedRecords, queuedBytes }: Queue, { waitingCalls, waitingBytes }: Crowd): WriterStats {
    const { records, bytes, commits, rotations, spareMisses, recycled } = this
    return {
      ...{ queuedRecords, queuedBytes, waitingCalls, waitingBytes },
      ...{ records, bytes, commits, rotations, spareMisses, recycled },
      commitReasons: { ...this.reasons },
      batchRecords: this.#batches.distribution(),
      syncs: this.#syncsMs.count,
      syncLatencyMs: this.#syncsMs.distribution(),
      saturation: this.#busy.share(this.#runtime.now()),
      observerFailure: this.observation?.failure,
    }
  }
}
