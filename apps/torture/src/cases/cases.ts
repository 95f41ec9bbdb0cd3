import { faultProfiles, type ProfileName } from '@varve/dst'
import type { LogOptions } from '@varve/segments'
import { adapters } from '../adapters/adapters.ts'
import type { Durability, LogVariant, Step } from '../system/log-variant.ts'
import { scheduledLog } from '../system/scheduled-log.ts'
import { synchronousLog } from '../system/synchronous-log.ts'
import type { Engine, TortureCase } from './case.ts'

/** What workloads are made of, in the smallest geometry: a few bytes, a few frames, more than half a segment. */
const small: Step = { do: 'append', bytes: 30 }
const batch: Step = { do: 'batch', bytes: [10, 50, 20] }
const large: Step = { do: 'append', bytes: 2600 }
const reopen: Step = { do: 'reopen' }
const sync: Step = { do: 'sync' }
const enqueue: Step = { do: 'enqueue', bytes: 70 }
const read: Step = { do: 'read' }
const wait: Step = { do: 'wait' }
const pause: Step = { do: 'pause' }
const middle: Step = { do: 'append', bytes: 800 }

const tail: Step = { do: 'tail' }
const archive: Step = { do: 'archive' }
const reclaim: Step = { do: 'reclaim' }
const checkpoint: Step = { do: 'checkpoint' }

const calls: readonly Step[] = [small, batch, middle, large, enqueue, sync, reopen, wait, read]
const everything: readonly Step[] = [...calls, tail, archive, reclaim, checkpoint, pause]
const durabilities: readonly Durability[] = ['sync', 'group', 'async']
const profileNames = Object.keys(faultProfiles) as ProfileName[]

/** A log so nearly full that the next small record rotates. */
const nearlyFull: readonly number[] = [2600, 400]

interface Plan extends Omit<LogVariant, 'durability'> {
  readonly name: string
  readonly looksFor: string
  readonly durability?: Durability
  readonly profile?: ProfileName
  readonly scheduled?: boolean
  readonly extras?: boolean
  readonly plan: readonly number[]
  readonly engine: Engine
}

function caseOf(plan: Plan): TortureCase {
  const { durability = 'sync', profile = 'strict-posix', scheduled = false, extras = true, engine } = plan
  const options = { ...plan.options, ...optionsFor(profile) }
  const variant: LogVariant = { ...plan, durability, options }
  return {
    name: plan.name,
    looksFor: plan.looksFor,
    storage: 'simulated',
    durability,
    profile,
    scheduled,
    extras,
    steps: plan.plan,
    engine,
    // What instances are is the system's own affair: only it is ever given one.
    system: () => (scheduled ? scheduledLog(variant) : synchronousLog(variant)),
  }
}

/** What a log must be told to keep its promises on such a disk. */
function optionsFor(profile: ProfileName): Partial<LogOptions> {
  return profile === 'no-powersafe-overwrite' ? { commitAlignment: 'block' } : {}
}

/** The same workloads on the adapters that people use: nothing is simulated but the deaths. */
const onAdapters: readonly TortureCase[] = adapters.flatMap((adapter) =>
  durabilities.map((durability) => ({
    ...caseOf({
      name: `adapter-${adapter.name}-${durability}`,
      looksFor: 'an adapter that differs from the simulated storage',
      durability,
      scheduled: !adapter.isSynchronous,
      steps: [...calls, tail, archive, reclaim, checkpoint],
      plan: [8, 6, 4],
      engine: { kind: 'adapter', adapter },
    }),
    storage: adapter.name,
    profile: 'none' as const,
  })),
)

const planted: readonly TortureCase[] = [
  {
    ...caseOf({
      name: 'planted',
      looksFor: 'damage that no accident makes, and a log that serves it without a word',
      steps: [],
      plan: [],
      engine: { kind: 'planted' },
    }),
    storage: 'planted',
    profile: 'none',
  },
]

const takeover: TortureCase = caseOf({
  name: 'takeover',
  looksFor: 'a writer that was taken for dead, wakes up, and changes what its successor was told',
  steps: [],
  plan: [],
  engine: { kind: 'takeover' },
})

function exhaustive(outcomesMax: readonly number[], more: Partial<Extract<Engine, { kind: 'exhaustive' }>> = {}): Engine {
  return { kind: 'exhaustive', outcomesMax, ...more }
}

const shortWorkloads: readonly TortureCase[] = [
  caseOf({
    name: 'short',
    looksFor: 'whatever a crash at any operation of up to four calls can break',
    steps: [small, batch, large, reopen],
    plan: [4],
    engine: exhaustive([256]),
  }),
  caseOf({
    name: 'short-async',
    looksFor: 'holes and lost fences where nothing is synced unless asked',
    durability: 'async',
    steps: [small, large, sync, batch],
    plan: [4],
    engine: exhaustive([256]),
  }),
  caseOf({
    name: 'short-plain',
    looksFor: 'the same on a storage that has neither durable writes nor reservations',
    extras: false,
    steps: [small, batch, large, reopen],
    plan: [3],
    engine: exhaustive([256]),
  }),
  caseOf({
    name: 'short-blocks',
    looksFor: 'acknowledged bytes in a block that a device damages while it is rewritten',
    profile: 'no-powersafe-overwrite',
    steps: [small, batch, large, reopen],
    plan: [3],
    engine: exhaustive([128]),
  }),
  caseOf({
    name: 'short-ordered',
    looksFor: 'holes where a journal keeps names in order and data in none',
    profile: 'ext4-ordered',
    durability: 'async',
    steps: [small, large, sync, reopen],
    plan: [3],
    engine: exhaustive([128]),
  }),
]

const nestedCrashes: readonly TortureCase[] = [
  caseOf({
    name: 'nested',
    looksFor: 'recoveries that die, and ghosts that a second one brings back',
    steps: [small, batch],
    plan: [2, 1],
    engine: exhaustive([128, 32]),
  }),
  caseOf({
    name: 'nested-async',
    looksFor: 'what a recovery exposed and a loss of power takes back',
    durability: 'async',
    steps: [small, sync],
    plan: [2, 1],
    engine: exhaustive([128, 32]),
  }),
  caseOf({
    name: 'rotation',
    looksFor: 'a rotation that dies at any operation, and a recovery of it that dies',
    steps: [small, batch],
    before: nearlyFull,
    plan: [1, 1],
    engine: exhaustive([256, 48]),
  }),
  caseOf({
    name: 'rotation-async',
    looksFor: 'a hole across two segments',
    durability: 'async',
    steps: [small, sync],
    before: nearlyFull,
    plan: [2, 0],
    engine: exhaustive([256, 32]),
  }),
  caseOf({
    name: 'thrice',
    looksFor: 'three processes in a row that die while they recover',
    steps: [small],
    plan: [1, 0, 0],
    engine: exhaustive([64, 32, 16]),
  }),
]

/** Three segments, of which the first two may be given up. */
const threeSegments: readonly number[] = [2600, 400, 2600, 400, 100, 100, 100]

const retention: readonly TortureCase[] = [
  caseOf({
    name: 'retention',
    looksFor: 'a floor that is not durable when the first segment goes, and segments that go in another order',
    steps: [archive, reclaim, checkpoint],
    before: threeSegments,
    plan: [3],
    engine: exhaustive([128]),
  }),
  caseOf({
    name: 'retention-nested',
    looksFor: 'a removal that dies, and a recovery of it that dies',
    steps: [reclaim, archive],
    before: threeSegments,
    plan: [2, 0],
    engine: exhaustive([64, 32]),
  }),
  caseOf({
    name: 'retention-faults',
    looksFor: 'a floor or a removal that fails',
    durability: 'async',
    steps: [archive, reclaim, checkpoint],
    before: threeSegments,
    plan: [2, 0],
    engine: exhaustive([24, 12], { faultsMax: [1, 0] }),
  }),
  caseOf({
    name: 'retention-interleaved',
    looksFor: 'readers, tails, removals and commits between any two steps of each other',
    scheduled: true,
    steps: [reclaim, archive, tail, small],
    before: threeSegments,
    plan: [3],
    engine: exhaustive([12], { scheduleMax: 1 }),
  }),
]

const failingOperations: readonly TortureCase[] = [
  caseOf({
    name: 'faults',
    looksFor: 'an operation that fails, whatever it is, and what is made of it',
    steps: [small, batch, reopen],
    plan: [2, 0],
    engine: exhaustive([48, 16], { faultsMax: [1, 0] }),
  }),
  caseOf({
    name: 'faults-async',
    looksFor: 'a sync that fails behind records that were acknowledged as written',
    durability: 'async',
    steps: [small, sync, large],
    plan: [2, 0],
    engine: exhaustive([48, 16], { faultsMax: [1, 0] }),
  }),
  caseOf({
    name: 'faults-in-recovery',
    looksFor: 'a recovery whose own operations fail',
    steps: [small],
    plan: [1, 1],
    engine: exhaustive([32, 32], { faultsMax: [0, 1] }),
  }),
  caseOf({
    name: 'faults-rotation',
    looksFor: 'a rotation whose operations fail',
    steps: [small],
    before: nearlyFull,
    plan: [1, 0],
    engine: exhaustive([48, 16], { faultsMax: [1, 0] }),
  }),
]

const interleavings: readonly TortureCase[] = durabilities.map((durability) =>
  caseOf({
    name: `interleaved-${durability}`,
    looksFor: 'calls, readers, the committer and the making of spares between any two steps of each other',
    durability,
    scheduled: true,
    steps: [small, read, batch, sync],
    plan: [2],
    engine: exhaustive([24], { scheduleMax: 1 }),
  }),
)

const swarms: readonly TortureCase[] = profileNames.flatMap((profile) =>
  durabilities.flatMap((durability) =>
    [false, true].map((scheduled) =>
      caseOf({
        name: `swarm-${scheduled ? 'scheduled' : 'plain'}-${durability}-${profile}`,
        looksFor: 'anything, in long lives full of accidents',
        durability,
        profile,
        scheduled,
        steps: everything,
        plan: scheduled ? [12, 8, 8, 4] : [12, 8, 8, 4, 4],
        engine: { kind: 'swarm' },
      }),
    ),
  ),
)

/** Everything that the torture does. */
export const tortureCases: readonly TortureCase[] = [
  takeover,
  ...planted,
  ...onAdapters,
  ...shortWorkloads,
  ...nestedCrashes,
  ...retention,
  ...failingOperations,
  ...interleavings,
  ...swarms,
]

export { caseOf, exhaustive }
