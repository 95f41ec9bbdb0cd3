import type { ProfileName } from '@varve/dst'
import type { Durability } from '../system/log-variant.ts'
import type { PairStep, PairVariant } from '../system/pair-variant.ts'
import { followedLog } from '../system/followed-log.ts'
import { replicatedLog } from '../system/replicated-log.ts'
import type { Engine, TortureCase } from './case.ts'
import { caseOf, exhaustive, optionsFor } from './make-case.ts'

const small: PairStep = { do: 'append', bytes: 30 }
const batch: PairStep = { do: 'batch', bytes: [10, 50, 20] }
const large: PairStep = { do: 'append', bytes: 2600 }
const copy: PairStep = { do: 'copy' }
const atOnce: PairStep = { do: 'copy', syncs: 'end' }
const some: PairStep = { do: 'copy', pieces: 1 }
const reopen: PairStep = { do: 'reopen' }
const reopenReplica: PairStep = { do: 'reopen-replica' }
const reclaim: PairStep = { do: 'reclaim' }
const promote: PairStep = { do: 'promote' }

const usual: readonly PairStep[] = [small, copy, batch, some, large, atOnce]
const everything: readonly PairStep[] = [...usual, reopen, reopenReplica, reclaim, promote]
/** A log so nearly full that the next small record rotates. */
const nearlyFull: readonly PairStep[] = [
  { do: 'append', bytes: 2600 },
  { do: 'append', bytes: 560 },
]
const twoRecords: readonly PairStep[] = [
  { do: 'append', bytes: 100 },
  { do: 'append', bytes: 100 },
]

interface PairPlan extends Omit<PairVariant, 'durability'> {
  readonly name: string
  readonly looksFor: string
  readonly durability?: Durability
  readonly profile?: ProfileName
  readonly plan: readonly number[]
  readonly engine: Engine
}

/** The copy follows while calls overlap. */
function followedCase({ durability = 'sync', profile = 'strict-posix', ...plan }: PairPlan): TortureCase {
  const { name, looksFor, engine } = plan
  const variant: PairVariant = { ...plan, durability, options: optionsFor(profile) }
  const usual = caseOf({ name, looksFor, durability, profile, scheduled: true, steps: [], plan: plan.plan, engine })
  return { ...usual, system: () => followedLog(variant) }
}

function pairCase({ durability = 'sync', profile = 'strict-posix', ...plan }: PairPlan): TortureCase {
  const { name, looksFor, engine } = plan
  const variant: PairVariant = { ...plan, durability, options: optionsFor(profile) }
  const usual = caseOf({ name, looksFor, durability, profile, steps: [], plan: plan.plan, engine })
  return { ...usual, system: () => replicatedLog(variant) }
}

/** A log and its copy die at the same moment, and each loses what it had not synced. */
export const replicaCases: readonly TortureCase[] = [
  pairCase({
    name: 'replica',
    looksFor: 'a copy that loses what it said to be durable, or goes on with other bytes',
    steps: [small, copy],
    plan: [3, 1],
    engine: exhaustive([48, 24]),
  }),
  pairCase({
    name: 'replica-async',
    looksFor: 'a stream of what the source may still lose',
    durability: 'async',
    steps: [small, copy],
    plan: [3, 0],
    engine: exhaustive([64, 16]),
  }),
  pairCase({
    name: 'replica-unsynced',
    looksFor: 'a segment of a copy that has its name before the one before it is on the disk',
    steps: [small, atOnce],
    before: nearlyFull,
    plan: [2],
    engine: exhaustive([128]),
  }),
  pairCase({
    name: 'replica-rotation',
    looksFor: 'a copy that has the next segment before the last one is complete',
    steps: [small, copy, some],
    before: nearlyFull,
    plan: [2, 0],
    engine: exhaustive([48, 16]),
  }),
  pairCase({
    name: 'replica-faults',
    looksFor: 'an operation of a copy that fails, and what is made of it',
    steps: [small, copy],
    plan: [2, 0],
    engine: exhaustive([16, 8], { faultsMax: [1, 0] }),
  }),
  pairCase({
    name: 'replica-handed-over',
    looksFor: 'a copy that gives up what its source cut off, before what carries it over is there',
    steps: [small],
    before: [small, copy],
    plan: [0, 0],
    engine: exhaustive([2, 48]),
  }),
  pairCase({
    name: 'replica-takes-over',
    looksFor: 'a copy that takes over as a crash has left it, and believes what its frames say of the source',
    steps: [small],
    before: [small, small, small, copy],
    takesOver: true,
    plan: [0],
    engine: exhaustive([512]),
  }),
  pairCase({
    name: 'promotion',
    looksFor: 'a copy that takes over and lacks what it had, or is neither log nor copy',
    steps: [promote, small, copy],
    before: twoRecords,
    plan: [3, 1],
    engine: exhaustive([48, 16]),
  }),
  pairCase({
    name: 'promotion-faults',
    looksFor: 'a promotion whose operations fail',
    steps: [promote, copy],
    before: twoRecords,
    plan: [2, 1],
    engine: exhaustive([16, 8], { faultsMax: [1, 0] }),
  }),
  ...(['sync', 'group', 'async'] as const).map((durability) =>
    followedCase({
      name: `swarm-followed-${durability}`,
      looksFor: 'a copy that misses, doubles or believes something while it follows',
      durability,
      steps: [small, batch, large],
      plan: [8, 8, 4],
      engine: { kind: 'swarm' },
    }),
  ),
  followedCase({
    name: 'followed-interleaved',
    looksFor: 'a copy between any two steps of the log that it follows',
    steps: [small, batch],
    plan: [2],
    engine: exhaustive([12], { scheduleMax: 1 }),
  }),
  ...(['strict-posix', 'ext4-ordered', 'xfs', 'btrfs', 'no-powersafe-overwrite', 'lying-disk'] as const).flatMap(
    (profile) =>
      (['sync', 'async'] as const).map((durability) =>
        pairCase({
          name: `swarm-replica-${durability}-${profile}`,
          looksFor: 'anything, in long lives of a log and its copy',
          durability,
          profile,
          steps: everything,
          takesOver: true,
          plan: [14, 10, 8, 4],
          engine: { kind: 'swarm' },
        }),
      ),
  ),
]
