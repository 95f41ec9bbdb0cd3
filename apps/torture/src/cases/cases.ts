import { faultProfiles, type ProfileName } from '@varve/dst'
import type { LogOptions } from '@varve/segments'
import { adapters } from '../adapters/adapters.ts'
import type { Durability, LogVariant, Step } from '../system/log-variant.ts'
import { scheduledLog } from '../system/scheduled-log.ts'
import { synchronousLog } from '../system/synchronous-log.ts'
import { arriving } from '../zoo/arriving.ts'
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

const everything: readonly Step[] = [small, batch, middle, large, enqueue, sync, reopen, wait, read, pause]
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
      steps: [small, batch, middle, large, enqueue, sync, reopen, wait, read],
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
  ...failingOperations,
  ...interleavings,
  ...swarms,
]

/** So full that the next record, however small, rotates. */
const brimful: readonly number[] = [2600, 560]

/**
 * Small spaces around one hazard each, found missing when a mutant of the zoo survived everything above: few outcomes
 * of the first crash, so that the second one, or the fault, is reached at once.
 */
export const zooCases: readonly TortureCase[] = [
  caseOf({
    name: 'one-batch',
    looksFor: 'part of a batch',
    steps: [batch],
    plan: [1],
    engine: exhaustive([256]),
  }),
  caseOf({
    name: 'sparse-rotation',
    looksFor: 'a rotation that is left half way, and what the next process builds on it',
    steps: [small],
    before: brimful,
    plan: [1, 1],
    engine: exhaustive([2, 24]),
  }),
  caseOf({
    name: 'sparse-faults-rotation',
    looksFor: 'a rotation whose sync fails, believed by the next process',
    durability: 'async',
    profile: 'ext4-ordered',
    steps: [small],
    before: brimful,
    plan: [1, 0],
    engine: exhaustive([2, 24], { faultsMax: [1, 0] }),
  }),
  caseOf({
    name: 'sparse-faults-async',
    looksFor: 'a sync that fails, and the next process that reads what it did not write',
    durability: 'async',
    profile: 'ext4-ordered',
    steps: [small, sync],
    plan: [2, 0],
    engine: exhaustive([2, 24], { faultsMax: [1, 0] }),
  }),
  caseOf({
    name: 'faults-then-work',
    looksFor: 'what a process appends behind the failure of the one before',
    profile: 'ext4-ordered',
    steps: [small],
    plan: [1, 1],
    engine: exhaustive([2, 24], { faultsMax: [1, 0] }),
  }),
  caseOf({
    name: 'sparse-rotation-async',
    looksFor: 'a hole across two segments, and what stands on both sides of it',
    durability: 'async',
    steps: [small],
    before: brimful,
    plan: [1],
    engine: exhaustive([256]),
  }),
  ...durabilities.map((durability) => arrivingCase(`arriving-${durability}`, durability, true)),
  arrivingCase('arriving-plain', 'sync', false),
]

function arrivingCase(name: string, durability: Durability, extras: boolean): TortureCase {
  const steps = [small, sync, batch]
  return {
    ...caseOf({
      name,
      looksFor: 'calls that come while a commit is under way',
      durability,
      scheduled: true,
      extras,
      steps,
      plan: [2],
      engine: exhaustive([4], { scheduleMax: 2 }),
    }),
    system: () => arriving(scheduledLog({ durability, steps })),
  }
}
