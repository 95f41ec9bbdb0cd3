import { seededRandom } from '@varve/dst'
import { synchronousRuntime } from '@varve/storage'
import { openSession, type Session } from '../../src/api/session.ts'
import { settle, type LogOptions } from '../../src/api/options.ts'
import { SynchronousLog } from '../../src/index.ts'
import type { Books } from './crash-books.ts'
import type { CrashStorage } from './crash-storage.ts'

/** The smallest geometry, so that a handful of records rotates. */
export const smallLog = {
  segmentBytes: 4096,
  blockBytes: 128,
  stagingBytes: 4096,
  readBytes: 4096,
  kernel: 'portable',
} as const

/** What is varied from one exploration to the next. */
export type LogVariant = Pick<
  LogOptions,
  'durability' | 'commitAlignment' | 'blockBytes' | 'segmentBytes' | 'recycle'
>

/** One thing that a caller does. */
export type Step =
  | { readonly do: 'append'; readonly bytes: number }
  | { readonly do: 'batch'; readonly bytes: readonly number[] }
  | { readonly do: 'enqueue'; readonly bytes: number }
  | { readonly do: 'sync' }
  | { readonly do: 'reopen' }
  /** Raises the floor so that as many records are kept. */
  | { readonly do: 'archive'; readonly keep: number }
  | { readonly do: 'reclaim' }
  | { readonly do: 'checkpoints'; readonly bytes: number }

/** Opens a log whose salts depend on `life` and nothing else, so that a run can be repeated. */
export function openRepeatably(options: LogOptions, life: number): SynchronousLog {
  const random = seededRandom(life * 7919 + 1)
  const crypto = { getRandomValues: (target: Uint8Array) => { random.fill(target) } }
  const runtime = synchronousRuntime({ performance: { now: () => 0 }, crypto })
  return new SynchronousLog(runtime.run(openSession(settle(options, runtime))) as Session)
}

/** One process that uses a log, and keeps the books about it. */
export class Life {
  readonly storage: CrashStorage
  readonly books: Books
  /** Ids of the rows of the recovery table that its opens were judged by. */
  readonly rows: string[] = []
  readonly #variant: LogVariant
  #log: SynchronousLog | undefined
  /** Distinguishes this process from all before it, for its salts. */
  #number: number

  constructor(storage: CrashStorage, books: Books, variant: LogVariant, number: number) {
    this.storage = storage
    this.books = books
    this.#variant = variant
    this.#number = number
  }

  /** Recovers the log and holds it against the books. */
  open(verify: 'seals' | 'all' = 'seals'): void {
    const log = openRepeatably({ ...smallLog, ...this.#variant, storage: this.storage, verify }, this.#number)
    this.#number += 1000
    this.#log = log
    this.rows.push(log.recovery.row ?? 'created')
    this.books.recoveredState(log.firstSequence, log.checkpointList)
    this.books.recovered(payloadsOf(log), log.firstSequence)
  }

  run(step: Step): void {
    const log = this.#log as SynchronousLog
    switch (step.do) {
      case 'append':
        for (const payload of this.books.attempt([step.bytes])) log.appendSync(payload)
        this.#acknowledged()
        return
      case 'batch':
        log.appendBatchSync(this.books.attempt(step.bytes))
        this.#acknowledged()
        return
      case 'enqueue':
        for (const payload of this.books.attempt([step.bytes])) log.enqueue(payload)
        return
      case 'sync':
        log.syncSync()
        this.books.cover()
        return
      case 'reopen':
        this.close()
        this.open()
        return
      case 'archive': {
        const floor = Math.max(log.firstSequence, this.books.attempted + 1 - step.keep)
        this.books.attemptFloor(floor)
        log.archiveSync(floor)
        this.books.coverState()
        return
      }
      case 'reclaim':
        log.reclaimSync()
        return
      case 'checkpoints':
        log.recordCheckpointsSync(this.books.attemptList(step.bytes))
        this.books.coverState()
    }
  }

  /** Closing tells of nothing that was awaited; what is durable then is for the log to say. */
  close(): void {
    const log = this.#log as SynchronousLog
    log.closeSync()
    this.books.cover(log.durableSequence)
  }

  /** Gives up on a log that failed, as a caller must: close it, whatever that says. */
  giveUp(): void {
    try {
      this.#log?.closeSync()
    } catch {
      // It was told before.
    }
  }

  #acknowledged(): void {
    if (this.#variant.durability === 'async') this.books.acknowledge()
    else this.books.cover()
  }
}

export function payloadsOf(log: SynchronousLog): Uint8Array[] {
  const payloads: Uint8Array[] = []
  for (const { sequence, payload } of log.readSync()) {
    const expected = log.firstSequence + payloads.length
    if (sequence !== expected) throw new Error(`record ${sequence} stands where ${expected} belongs`)
    payloads.push(payload)
  }
  const last = log.firstSequence + payloads.length - 1
  if (log.lastSequence !== last) throw new Error(`${log.lastSequence} is not ${last}`)
  return payloads
}
