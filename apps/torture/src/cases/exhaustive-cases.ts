import type { Durability } from '../system/log-variant.ts'
import type { TortureCase } from './case.ts'
import { caseOf, exhaustive } from './make-case.ts'
import { archive, batch, checkpoint, large, read, reclaim, reopen, small, sync, tail } from './steps.ts'

/** A log so nearly full that the next small record rotates. */
const nearlyFull: readonly number[] = [2600, 560]

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
    name: 'short-webassembly',
    looksFor: 'frames that one kernel writes and the other one, or the next process, does not read',
    options: { kernel: 'auto' },
    steps: [small, batch, large, reopen],
    plan: [3],
    engine: exhaustive([128]),
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
const threeSegments: readonly number[] = [2600, 560, 2600, 560, 100, 100, 100]

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

/** Workloads of four calls with everything at once; minutes each, so mostly for `--exhaustive`. */
const deep: readonly TortureCase[] = [
  caseOf({
    name: 'four-nested',
    looksFor: 'recoveries that die behind up to four calls, a rotation among them',
    steps: [small, batch, reopen],
    before: nearlyFull,
    plan: [4, 0],
    engine: exhaustive([24, 8]),
  }),
  caseOf({
    name: 'four-faults',
    looksFor: 'any call to storage that fails in up to four calls, and a recovery of that which dies',
    durability: 'async',
    steps: [small, sync, reopen],
    before: nearlyFull,
    plan: [4, 0],
    engine: exhaustive([8, 6], { faultsMax: [1, 0] }),
  }),
]

const durabilities: readonly Durability[] = ['sync', 'group', 'async']

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

/** Cases that come to an end, given time. */
export const exhaustiveCases: readonly TortureCase[] = [
  ...shortWorkloads,
  ...nestedCrashes,
  ...retention,
  ...failingOperations,
  ...deep,
  ...interleavings,
]
