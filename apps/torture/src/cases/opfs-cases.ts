import type { ProfileName } from '@varve/dst'
import { onOpfs, type PoolVariant } from '../system/on-opfs.ts'
import { synchronousCheckpoints } from '../system/synchronous-checkpoints.ts'
import { synchronousLog } from '../system/synchronous-log.ts'
import type { TortureCase } from './case.ts'
import { caseOf, exhaustive, optionsFor, type Plan } from './make-case.ts'
import { archive, batch, calls, checkpoint, large, reclaim, reopen, small, sync } from './steps.ts'

/** Files enough that a small log never needs one that was made after the first minute. */
const ample: PoolVariant = { poolSize: 6, isSettled: true }
const abundant: PoolVariant = { poolSize: 12, isSettled: true }
/** Files of which none is old. */
const young: PoolVariant = { poolSize: 4, isSettled: false }

/** A case on the adapter for browsers: its system is the log with the adapter beneath it. */
function pooledCase(plan: Plan, pool: PoolVariant): TortureCase {
  const { durability = 'sync', profile = 'strict-posix' } = plan
  const options = { ...plan.options, ...optionsFor(profile) }
  return {
    ...caseOf({ ...plan, extras: false }),
    storage: 'opfs',
    system: () => onOpfs(synchronousLog({ ...plan, durability, options }), pool),
  }
}

const nearlyFull: readonly number[] = [2600, 560]
const threeSegments: readonly number[] = [2600, 560, 2600, 560, 100, 100, 100]

const exhaustivePools: readonly TortureCase[] = [
  pooledCase(
    {
      name: 'opfs-short',
      looksFor: 'a header of a pool file that is torn, lost, or overwritten while it is the only one',
      profile: 'opfs-chromium',
      steps: [small, batch, reopen],
      plan: [2, 0],
      engine: exhaustive([48, 12]),
    },
    ample,
  ),
  pooledCase(
    {
      name: 'opfs-rotation',
      looksFor: 'a rotation whose create, rename or flush dies, and a recovery of it that dies',
      profile: 'opfs-chromium',
      steps: [small],
      before: nearlyFull,
      plan: [1, 0, 0],
      engine: exhaustive([24, 8, 4]),
    },
    ample,
  ),
  pooledCase(
    {
      name: 'opfs-retention',
      looksFor: 'names that come back, and files that are given out before they are empty',
      profile: 'opfs-chromium',
      steps: [archive, reclaim, small],
      before: threeSegments,
      plan: [3, 0],
      engine: exhaustive([12, 4]),
    },
    ample,
  ),
  pooledCase(
    {
      name: 'opfs-faults',
      looksFor: 'a flush of a header that fails, believed by the next process',
      profile: 'ext4-ordered',
      steps: [small, reopen],
      plan: [1, 0, 0],
      engine: exhaustive([8, 6, 4], { faultsMax: [1, 1, 0] }),
    },
    ample,
  ),
  pooledCase(
    {
      name: 'opfs-faults-rotation',
      looksFor: 'a rotation whose header flush fails, and the processes that build on it',
      profile: 'ext4-ordered',
      steps: [small],
      before: nearlyFull,
      plan: [1, 0, 0],
      engine: exhaustive([8, 6, 4], { faultsMax: [1, 1, 0] }),
    },
    ample,
  ),
]

/** Few outcomes of the first crash, so that what the next process makes of it is reached at once. */
const sparse: readonly TortureCase[] = [
  pooledCase(
    {
      name: 'opfs-sparse',
      looksFor: 'a header that is lost, or torn while nothing else says what the file is',
      profile: 'opfs-chromium',
      steps: [small, reopen],
      plan: [2],
      engine: exhaustive([64]),
    },
    ample,
  ),
  pooledCase(
    {
      name: 'opfs-sparse-faults',
      looksFor: 'a name that only the cache has, behind a flush that failed, on which the next process builds',
      profile: 'ext4-ordered',
      steps: [small],
      before: nearlyFull,
      plan: [1, 0],
      engine: exhaustive([1, 24], { faultsMax: [1, 0] }),
    },
    ample,
  ),
]

/** A checkpoint and the record that lists it lie in two files: flushing the one says nothing of the other's name. */
const publish: TortureCase = {
  ...caseOf({
    name: 'opfs-publish',
    looksFor: 'a checkpoint that is listed, and whose name was lost',
    profile: 'opfs-chromium',
    extras: false,
    steps: [],
    plan: [2],
    engine: exhaustive([48]),
  }),
  storage: 'opfs',
  system: () => {
    const steps = [{ do: 'publish' }, { do: 'append', bytes: 30 }] as const
    const before = [{ do: 'append', bytes: 30 }] as const
    return onOpfs(synchronousCheckpoints({ durability: 'sync', keep: 1, steps, before }), ample)
  },
}

const swarmedProfiles: readonly ProfileName[] = [
  'strict-posix',
  'ext4-ordered',
  'xfs',
  'btrfs',
  'no-powersafe-overwrite',
  'opfs-chromium',
  'opfs-firefox',
]

const swarms: readonly TortureCase[] = swarmedProfiles.flatMap((profile) =>
  (['sync', 'async'] as const).map((durability) =>
    pooledCase(
      {
        name: `opfs-swarm-${durability}-${profile}`,
        looksFor: 'anything, in long lives full of accidents, beneath the adapter for browsers',
        durability,
        profile,
        steps: [...calls, sync, large, archive, reclaim, checkpoint],
        plan: [12, 8, 8, 4, 4],
        engine: { kind: 'swarm' },
      },
      abundant,
    ),
  ),
)

const youngSwarm: TortureCase = pooledCase(
  {
    name: 'opfs-swarm-young',
    looksFor: 'promises that are made on the strength of files whose own names may vanish',
    profile: 'opfs-chromium',
    steps: [...calls, archive, reclaim, checkpoint, { do: 'pause' }],
    plan: [12, 8, 8, 4],
    engine: { kind: 'swarm' },
  },
  young,
)

/** The log on the adapter for browsers, whose files lie on a simulated disk. */
export const opfsCases: readonly TortureCase[] = [...exhaustivePools, ...sparse, publish, ...swarms, youngSwarm]
