import { memoryStorage, type MemoryStorage } from '@varve/storage-memory'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isVarveError } from '@varve/codec'
import {
  openLogSync,
  openReplicaSync,
  type LogOptions,
  type SynchronousLog,
  type SynchronousReplica,
} from '../../src/index.ts'
import { segmentsOf } from '../support/log-files.ts'
import { anyOptions } from '../support/log-model.ts'
import { payload } from '../support/log-records.ts'
import { filesIn, storageOf } from '../support/replica-pair.ts'
import { withoutMark } from '../support/replica-parts.ts'

type Step =
  | { readonly do: 'append'; readonly sizes: readonly number[]; readonly sync: boolean }
  | { readonly do: 'copy'; readonly pieces: number; readonly sync: boolean }
  | { readonly do: 'reopen' | 'kill' | 'power' | 'reopen-replica' | 'kill-replica' | 'reclaim' }

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('append'),
      sizes: fc.array(fc.integer({ min: 0, max: 580 }), { minLength: 1, maxLength: 5 }),
      sync: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('copy'), pieces: fc.integer({ min: 1, max: 12 }), sync: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('reopen', 'kill', 'power', 'reopen-replica', 'kill-replica', 'reclaim'),
    }),
  },
)

type Options = Omit<LogOptions, 'storage'>

/** A log and its copy, to which things are done. */
class Pair {
  readonly #options: Options
  #source: MemoryStorage = memoryStorage()
  #target: MemoryStorage = memoryStorage()
  #log: SynchronousLog
  #replica: SynchronousReplica
  /** What the copy said to be durable. */
  #told = ''
  copied = 0
  begunAgain = 0

  constructor(options: Options) {
    this.#options = options
    this.#log = openLogSync({ storage: this.#source, ...options })
    this.#replica = this.#openReplica()
  }

  take(step: Step): void {
    switch (step.do) {
      case 'append':
        this.#log.appendBatchSync(step.sizes.map((bytes, at) => payload(this.#log.lastSequence + at, bytes)))
        if (step.sync) this.#log.syncSync()
        return
      case 'copy':
        this.copy(step.pieces, step.sync)
        return
      case 'reclaim':
        this.#log.reclaimSync(Math.max(1, this.#log.lastSequence - 3))
        this.#replica.reclaimSync()
        return
      case 'reopen-replica':
      case 'kill-replica':
        if (step.do === 'reopen-replica') this.#replica.closeSync()
        this.#target = storageOf(this.#target.snapshot())
        this.#replica = this.#openReplica()
        return
      default:
        this.#reopen(step.do)
    }
  }

  copy(pieces: number, syncs: boolean): void {
    try {
      this.#copy(pieces, syncs)
    } catch (error) {
      if (!isVarveError(error, 'RECLAIMED')) throw error
      this.begunAgain += 1
      this.#target = memoryStorage()
      this.#told = ''
      this.#replica = this.#openReplica()
    }
  }

  compare(): void {
    const source = filesIn(this.#source.snapshot())
    const target = filesIn(this.#target.snapshot())
    const common = Object.keys(target).filter((name) => name in source)
    const newest = Object.keys(source).sort().at(-1) ?? ''
    expect(common).toContain(newest)
    for (const name of common) expect(target[name], name).toBe(source[name])
  }

  #copy(pieces: number, syncs: boolean): void {
    let left = pieces
    for (const chunk of this.#log.streamSync(this.#replica.position)) {
      if (left === 0) break
      left -= 1
      this.#replica.writeSync(chunk)
      if (syncs) this.#replica.syncSync()
      this.copied += 1
    }
    if (syncs) this.#told = placeOf(this.#replica)
  }

  #openReplica(): SynchronousReplica {
    const replica = openReplicaSync({ storage: this.#target, readBytes: 4096 })
    expect(placeOf(replica) >= this.#told).toBe(true)
    return replica
  }

  #reopen(how: 'reopen' | 'kill' | 'power'): void {
    if (how === 'reopen') this.#log.closeSync()
    let snapshot = this.#source.snapshot()
    const endsInMark = segmentsOf(snapshot).at(-1)?.frames.at(-1)?.kind === 'mark'
    if (how === 'power' && endsInMark) snapshot = withoutMark(snapshot)
    this.#source = storageOf(snapshot)
    this.#log = openLogSync({ storage: this.#source, ...this.#options })
  }
}

/** A place as text that sorts as places do. */
function placeOf({ synced }: SynchronousReplica): string {
  if (synced === undefined) return ''
  return [synced.segment, synced.offset].map((number) => String(number).padStart(9, '0')).join(':')
}

describe('a copy of a log to which anything happens', () => {
  it('has its files, byte for byte, and never loses what it said to be durable', () => {
    let copied = 0
    fc.assert(
      fc.property(anyOptions, fc.array(anyStep, { maxLength: 60, size: 'max' }), (options, steps) => {
        const pair = new Pair(options)
        for (const step of steps) pair.take(step)
        pair.take({ do: 'append', sizes: [1], sync: true })
        pair.copy(Number.MAX_SAFE_INTEGER, true)
        pair.copy(Number.MAX_SAFE_INTEGER, true)
        pair.compare()
        copied += pair.copied
      }),
      { numRuns: 120 },
    )
    expect(copied).toBeGreaterThan(1000)
  })
})
