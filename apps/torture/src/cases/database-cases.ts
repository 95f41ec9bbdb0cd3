import type { ProfileName } from '@varve/dst'
import { databaseSystem, type DatabaseStep, type DatabaseVariant } from '../system/database.ts'
import type { Engine, TortureCase } from './case.ts'
import { caseOf, exhaustive } from './make-case.ts'

const put: DatabaseStep = { do: 'transaction', puts: 1, bytes: 20 }
const several: DatabaseStep = { do: 'transaction', puts: 2, bytes: 30, deletes: true }
/** Two of them make a checkpoint come by itself. */
const large: DatabaseStep = { do: 'transaction', puts: 1, bytes: 400 }
const checkpoint: DatabaseStep = { do: 'checkpoint' }
const look: DatabaseStep = { do: 'look' }
const wait: DatabaseStep = { do: 'wait' }
const reopen: DatabaseStep = { do: 'reopen' }

/** A checkpoint, and so much log behind it that another one may remove a segment. */
const wellUsed: readonly DatabaseStep[] = [large, wait, large, wait, large, wait, large, wait, large, wait, large, wait]

interface Plan extends DatabaseVariant {
  readonly name: string
  readonly looksFor: string
  readonly profile?: ProfileName
  readonly plan: readonly number[]
  readonly engine: Engine
}

function databaseCase({ name, looksFor, profile = 'strict-posix', plan, engine, ...variant }: Plan): TortureCase {
  const isAligned = profile === 'no-powersafe-overwrite'
  return {
    ...caseOf({ name, looksFor, profile, scheduled: true, steps: [], plan, engine }),
    system: () => databaseSystem({ ...variant, isAligned }),
  }
}

const swarmProfiles: readonly ProfileName[] = [
  'strict-posix',
  'ext4-ordered',
  'btrfs',
  'no-powersafe-overwrite',
  'decaying-disk',
]

/** A database on the log, as its users would build one: whoever builds on a log must be able to trust the whole. */
export const databaseCases: readonly TortureCase[] = [
  databaseCase({
    name: 'database-short',
    looksFor: 'a transaction that is half there, or gone, or shown before it is certain',
    steps: [put, look, several, checkpoint],
    plan: [3],
    engine: exhaustive([48], { scheduleMax: 0 }),
  }),
  databaseCase({
    name: 'database-nested',
    looksFor: 'recoveries from a checkpoint and the log behind it that die',
    steps: [checkpoint, several],
    before: [put, wait],
    plan: [2, 1],
    engine: exhaustive([24, 8], { scheduleMax: 0 }),
  }),
  databaseCase({
    name: 'database-removal',
    looksFor: 'a segment that goes before the checkpoint that stands for it is certain',
    steps: [checkpoint, put],
    before: wellUsed,
    plan: [2, 0],
    engine: exhaustive([24, 8], { scheduleMax: 0 }),
  }),
  databaseCase({
    name: 'database-faults',
    looksFor: 'what a database makes of a log that fails under it',
    profile: 'ext4-ordered',
    steps: [several, checkpoint, look],
    plan: [2, 0],
    engine: exhaustive([8, 8], { scheduleMax: 0, faultsMax: [1, 0] }),
  }),
  databaseCase({
    name: 'database-interleaved',
    looksFor: 'transactions between any two steps of a checkpoint, and what readers see of them',
    steps: [put, look, checkpoint],
    before: [put, wait],
    plan: [3],
    engine: exhaustive([4], { scheduleMax: 1 }),
  }),
  ...swarmProfiles.map((profile) =>
    databaseCase({
      name: `swarm-database-${profile}`,
      looksFor: 'anything, in long lives of a database',
      profile,
      steps: [put, several, large, look, checkpoint, reopen, wait],
      plan: [14, 10, 8],
      engine: { kind: 'swarm' },
    }),
  ),
]
