import { faultProfiles, type ProfileName } from '@varve/dst'
import type { CheckpointStep, CheckpointVariant } from '../system/checkpoint-variant.ts'
import type { Durability } from '../system/log-variant.ts'
import { scheduledCheckpoints } from '../system/scheduled-checkpoints.ts'
import { synchronousCheckpoints } from '../system/synchronous-checkpoints.ts'
import type { TortureCase } from './case.ts'
import { caseOf, exhaustive, optionsFor, type Plan } from './make-case.ts'

const small: CheckpointStep = { do: 'append', bytes: 30 }
const large: CheckpointStep = { do: 'append', bytes: 2600 }
const batch: CheckpointStep = { do: 'batch', bytes: [10, 50, 20] }
const sync: CheckpointStep = { do: 'sync' }
const publish: CheckpointStep = { do: 'publish' }
const earlier: CheckpointStep = { do: 'publish-earlier' }
const reopen: CheckpointStep = { do: 'reopen' }
const wait: CheckpointStep = { do: 'wait' }
const pause: CheckpointStep = { do: 'pause' }

type CheckpointPlan = Omit<Plan, 'steps' | 'before'> &
  Omit<CheckpointVariant, 'durability' | 'keep'> & { readonly keep?: number }

function checkpointCase({ steps, before = [], keep = 2, ...plan }: CheckpointPlan): TortureCase {
  const usual = caseOf({ ...plan, steps: [] })
  const options = { ...plan.options, ...optionsFor(plan.profile ?? 'strict-posix') }
  const variant = { ...plan, options, keep, steps, before, durability: usual.durability }
  return {
    ...usual,
    system: () => (usual.scheduled ? scheduledCheckpoints(variant) : synchronousCheckpoints(variant)),
  }
}

/** Two checkpoints, so that the next one makes the oldest of them, its segments and a removal of both unneeded. */
const twoKept: readonly CheckpointStep[] = [large, publish, wait, large, publish, wait, large, small, wait]
/** A segment or two below whatever is published next. */
const twoSegments: readonly CheckpointStep[] = [large, large, small, wait]

const exhaustiveCases: readonly TortureCase[] = [
  checkpointCase({
    name: 'publish',
    looksFor: 'a publish that dies at any operation, and a checkpoint that is listed and not there',
    steps: [publish, small, reopen],
    plan: [3],
    engine: exhaustive([96]),
  }),
  checkpointCase({
    name: 'publish-nested',
    looksFor: 'a publish that dies, a recovery of it that dies, and what it takes for an orphan',
    steps: [publish, small],
    before: [small],
    plan: [1, 1],
    engine: exhaustive([48, 24]),
  }),
  checkpointCase({
    name: 'publish-async',
    looksFor: 'a checkpoint of records that were not durable',
    durability: 'async',
    steps: [small, publish, earlier],
    plan: [3],
    engine: exhaustive([96]),
  }),
  checkpointCase({
    name: 'publish-reclaim',
    looksFor: 'a floor, segments or older checkpoints that go before the newer one can take their place',
    steps: [publish, small],
    before: twoKept,
    plan: [2],
    engine: exhaustive([256]),
  }),
  checkpointCase({
    name: 'publish-reclaim-nested',
    looksFor: 'a removal that dies, and a recovery or another publish of it that dies',
    keep: 1,
    steps: [publish],
    before: twoSegments,
    plan: [1, 1],
    engine: exhaustive([48, 24]),
  }),
  checkpointCase({
    name: 'publish-replace',
    looksFor: 'the only checkpoint, given up for one that cannot take its place yet',
    keep: 1,
    steps: [publish, small],
    before: [large, publish, wait, large, small, wait],
    plan: [2],
    engine: exhaustive([128]),
  }),
  checkpointCase({
    name: 'publish-faults',
    looksFor: 'any call of a publish that fails, and what the next process makes of it',
    profile: 'ext4-ordered',
    steps: [publish],
    before: twoKept,
    plan: [1, 1],
    engine: exhaustive([12, 6], { faultsMax: [1, 0] }),
  }),
  checkpointCase({
    name: 'publish-young',
    looksFor: 'a checkpoint whose name is young, and what was given up for it',
    profile: 'opfs-chromium',
    keep: 1,
    steps: [publish, small],
    before: [small],
    plan: [1, 2],
    engine: exhaustive([8, 24]),
  }),
  checkpointCase({
    name: 'publish-interleaved',
    looksFor: 'appends and publishes between any two steps of each other',
    durability: 'async',
    scheduled: true,
    steps: [publish, small],
    before: twoSegments,
    plan: [3],
    engine: exhaustive([12], { scheduleMax: 1 }),
  }),
]

const everything = [small, batch, large, publish, earlier, publish, sync, reopen, wait, pause]
const profiles = Object.keys(faultProfiles) as ProfileName[]

function swarm(profile: ProfileName, durability: Durability, scheduled: boolean): TortureCase {
  return checkpointCase({
    name: `publish-swarm-${scheduled ? 'scheduled' : 'plain'}-${profile}`,
    looksFor: 'anything that publishes and recoveries do to each other, in long lives full of accidents',
    durability,
    profile,
    scheduled,
    // With one alone there is nothing to fall back to: then what decays must be refused.
    keep: profile === 'decaying-disk' && !scheduled ? 1 : 2,
    steps: everything,
    plan: scheduled ? [10, 6, 4] : [12, 8, 6, 4],
    engine: { kind: 'swarm' },
  })
}

/** Programs whose state is published and recovered. */
export const checkpointCases: readonly TortureCase[] = [
  ...exhaustiveCases,
  ...profiles.map((profile, at) => swarm(profile, at % 2 === 0 ? 'async' : 'sync', false)),
  ...profiles.map((profile, at) => swarm(profile, at % 2 === 0 ? 'sync' : 'async', true)),
]
