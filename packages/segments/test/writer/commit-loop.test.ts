import { seededRandom } from '@varve/dst'
import { scheduledRuntime, type Procedure, type ScheduledRuntime } from '@varve/storage'
import { memoryStorage } from '@varve/storage-memory'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { settle, type LogSettings } from '../../src/api/options.ts'
import { CommitLoop } from '../../src/write/commit-loop.ts'
import { Metrics } from '../../src/write/metrics.ts'
import type { Sink } from '../../src/write/sink.ts'
import { Staging } from '../../src/write/staging.ts'
import { payload } from '../support/log-records.ts'

/** A sink that takes a step for each slab, each sync and each MARK, and knows if two things happen at once. */
class SteppedSink implements Sink {
  writtenSequence = 0
  durableSequence = 0
  unsyncedBytes = 0
  hasNews = false
  commits = 0
  atOnce = 0
  mostAtOnce = 0
  readonly #runtime: ScheduledRuntime
  readonly #staging: Staging

  constructor(runtime: ScheduledRuntime, staging: Staging) {
    this.#runtime = runtime
    this.#staging = staging
  }

  refusal(): undefined {
    return undefined
  }

  commit(durably: boolean): Procedure<void> {
    this.commits += 1
    return this.#alone(() => this.#write(durably))
  }

  mark(): Procedure<void> {
    this.hasNews = false
    return this.#alone(() => this.#runtime.turn())
  }

  *shutDown(): Procedure<void> {
    // Nothing is kept that had to be said goodbye to.
  }

  *dispose(): Procedure<void> {
    // Nothing is open.
  }

  *#alone(step: () => Procedure<void>): Procedure<void> {
    this.atOnce += 1
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce)
    yield* step()
    this.atOnce -= 1
  }

  *#write(durably: boolean): Procedure<void> {
    for (const slab of this.#staging.take()) {
      yield* this.#runtime.turn()
      this.writtenSequence = slab.lastSequence
      this.unsyncedBytes += slab.end - slab.start
      this.#staging.give(slab)
    }
    if (!durably) return
    const covered = this.writtenSequence
    yield* this.#runtime.turn()
    this.durableSequence = covered
    this.unsyncedBytes = 0
    this.hasNews = true
  }
}

type Durability = LogSettings['durability']

class Rig {
  readonly runtime: ScheduledRuntime
  readonly staging: Staging
  readonly sink: SteppedSink
  readonly loop: CommitLoop
  readonly failures: unknown[] = []

  constructor(seed: number, durability: Durability) {
    const random = seededRandom(seed)
    const choose = (ways: number): number => random.below(ways)
    this.runtime = scheduledRuntime({ choose, random: (target) => { random.fill(target) } })
    const settings = settle({ storage: memoryStorage(), durability, stagingBytes: 4096 }, this.runtime)
    this.staging = new Staging(settings, 0, 0)
    this.sink = new SteppedSink(this.runtime, this.staging)
    const failed = (cause: unknown): void => { this.failures.push(cause) }
    const listener = { begins: () => undefined, progressed: () => undefined, failed }
    this.loop = new CommitLoop(settings, this.staging, this.sink, new Metrics(this.runtime), listener)
  }

  /** As the intake and the writer do it. */
  append(bytes: number): void {
    this.loop.noteArrival()
    if (this.staging.isSlabFull(bytes + 48)) this.loop.makeWay()
    this.staging.stage(payload(1, bytes), undefined)
    this.loop.kick()
  }

  /** Takes steps until nothing can happen any more. */
  run(): void {
    this.runtime.runUntil(() => false)
  }
}

const anyAct = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('append' as const), bytes: fc.nat(3000), count: fc.nat(4) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('steps' as const), count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('flush', 'sync', 'room', 'kick') }) },
)

type Act = (typeof anyAct) extends fc.Arbitrary<infer T> ? T : never

/** Does what it is told; returns the number that a sync was last asked for. */
function act(rig: Rig, acts: readonly Act[]): number {
  const { loop, runtime, staging } = rig
  let fence = 0
  for (const one of acts) {
    if (one.do === 'append') for (let n = 0; n < one.count; n += 1) rig.append(one.bytes)
    else if (one.do === 'steps') for (let n = 0; n < one.count; n += 1) runtime.step()
    else if (one.do === 'room') loop.makeRoom()
    else if (one.do === 'kick') loop.kick()
    else {
      loop.hurry(one.do === 'sync')
      if (one.do === 'sync') fence = staging.lastSequence
    }
  }
  return fence
}

const anyRun = {
  seed: fc.nat(1_000_000),
  durability: fc.constantFrom<Durability>('sync', 'group', 'async'),
  acts: fc.array(anyAct, { maxLength: 30 }),
}

describe('a commit loop, in whatever order things happen', () => {
  it('commits everything that was staged, one commit at a time', () => {
    fc.assert(
      fc.property(fc.record(anyRun), ({ seed, durability, acts }) => {
        const rig = new Rig(seed, durability)
        act(rig, acts)
        rig.run()
        const { staging, sink } = rig
        expect([staging.isEmpty, sink.writtenSequence]).toEqual([true, staging.lastSequence])
        // Also in the async mode: time has passed until nothing was left to happen.
        expect([sink.durableSequence, sink.unsyncedBytes]).toEqual([staging.lastSequence, 0])
        expect([sink.mostAtOnce <= 1, sink.atOnce]).toEqual([true, 0])
        expect(rig.failures).toEqual([])
      }),
      { numRuns: 400 },
    )
  })

  it('stops: nothing is under way when it has, and nothing begins any more', () => {
    fc.assert(
      fc.property(fc.record({ ...anyRun, after: fc.array(anyAct, { maxLength: 5 }) }), (run) => {
        const rig = new Rig(run.seed, run.durability)
        act(rig, run.acts)
        const stopped = rig.runtime.spawn(rig.loop.stop())
        act(rig, run.after)
        rig.runtime.runUntil(() => stopped.settled)
        expect([stopped.settled, rig.sink.atOnce]).toEqual([true, 0])
        const { commits } = rig.sink
        act(rig, run.after)
        rig.run()
        expect([rig.sink.commits, rig.sink.atOnce]).toEqual([commits, 0])
      }),
      { numRuns: 400 },
    )
  })

  it('settles what is staged within a procedure, alone', () => {
    fc.assert(
      fc.property(fc.record(anyRun), ({ seed, durability, acts }) => {
        const rig = new Rig(seed, durability)
        act(rig, acts)
        const { staging, sink, runtime } = rig
        const last = staging.lastSequence
        const settled = [1, 2].map(() => runtime.spawn(rig.loop.settle(true)))
        runtime.runUntil(() => settled.every((one) => one.settled))
        expect(sink.durableSequence).toBe(last)
        rig.run()
        expect(sink.mostAtOnce).toBe(1)
      }),
      { numRuns: 200 },
    )
  })
})

describe('a commit that was promised for later', () => {
  it('is one, however often it was asked for', () => {
    const rig = new Rig(1, 'sync')
    for (let n = 0; n < 3; n += 1) rig.append(8)
    expect(rig.runtime.step()).toBe(true)
    rig.run()
    expect(rig.sink.commits).toBe(1)
  })

  it('does nothing when one was started meanwhile, and what came later is not forgotten', () => {
    const rig = new Rig(1, 'async')
    rig.append(3000)
    rig.append(3000)
    rig.runtime.runUntil(() => rig.sink.commits === 1)
    rig.append(8)
    rig.runtime.runUntil(() => rig.staging.isEmpty && rig.sink.atOnce === 0)
    expect([rig.sink.writtenSequence, rig.sink.mostAtOnce]).toEqual([3, 1])
  })

  it('does not begin when the loop has been stopped', () => {
    const rig = new Rig(1, 'sync')
    rig.append(8)
    rig.loop.halt()
    rig.run()
    expect([rig.sink.commits, rig.staging.isEmpty]).toEqual([0, false])
  })
})
