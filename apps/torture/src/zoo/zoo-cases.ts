import type { Engine, TortureCase } from '../cases/case.ts'
import { caseOf, exhaustive } from '../cases/make-case.ts'
import type { Durability, Step } from '../system/log-variant.ts'
import { scheduledLog } from '../system/scheduled-log.ts'
import { arriving } from './arriving.ts'
import { recordFileSystem } from './record-file-system.ts'

const small: Step = { do: 'append', bytes: 30 }
const sync: Step = { do: 'sync' }
const batch: Step = { do: 'batch', bytes: [10, 50, 20] }
/** A batch whose first record is as long as `small`: what replaces that one ends where the second one begins. */
const twins: Step = { do: 'batch', bytes: [30, 50] }
/** So full that the next record, however small, rotates. */
const brimful: readonly number[] = [2600, 560]

type MoreOfExhaustive = Partial<Extract<Engine, { kind: 'exhaustive' }>>

/** Few outcomes of the first crash, so that the second one, or the fault, is reached at once. */
const sparse: readonly TortureCase[] = [
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
    name: 'sparse-rotation-async',
    looksFor: 'a hole across two segments, and what stands on both sides of it',
    durability: 'async',
    steps: [small],
    before: brimful,
    plan: [1],
    engine: exhaustive([256]),
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
]

const archive: Step = { do: 'archive' }
/** Two segments that may go when all records but the last three are given up, and one that may not. */
const twoToGo: readonly number[] = [...brimful, ...brimful, 100, 100, 100]

const retention: readonly TortureCase[] = [
  caseOf({
    name: 'sparse-retention',
    looksFor: 'what an open removes because of a floor whose sync had failed',
    profile: 'ext4-ordered',
    extras: false,
    steps: [archive],
    before: twoToGo,
    plan: [1, 0],
    engine: exhaustive([2, 24], { faultsMax: [1, 0] }),
  }),
]

/** Calls that come while a commit is under way. `extras` as in a case. */
function arrivingCase(name: string, durability: Durability, extras: boolean): TortureCase {
  const steps = [small, sync, batch]
  return {
    ...caseOf({
      name,
      looksFor: 'what comes while a commit is under way, and is taken for a part of it',
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

const arrivals: readonly TortureCase[] = [
  arrivingCase('arriving-sync', 'sync', true),
  arrivingCase('arriving-plain', 'sync', false),
  arrivingCase('arriving-group', 'group', true),
  arrivingCase('arriving-async', 'async', true),
]

/** A record file written anew behind a torn tail, or cut in place. */
function recordFileCase(name: string, durability: Durability, rewriteBytesMax: number): TortureCase {
  const isAsync = durability === 'async'
  const faulty: MoreOfExhaustive = isAsync ? { faultsMax: [1, 0] } : {}
  const steps = isAsync ? [small, sync] : [twins, small]
  return {
    ...caseOf({
      name,
      looksFor: 'a record file that goes on behind a torn tail',
      durability,
      profile: isAsync ? 'ext4-ordered' : 'strict-posix',
      scheduled: true,
      // Of a reserved file, every sector is a thing that may be lost, and few of them hold anything.
      extras: isAsync,
      steps,
      plan: isAsync ? [2, 0] : [1, 1],
      engine: exhaustive(isAsync ? [32, 12] : [256, 1], { scheduleMax: 0, ...faulty }),
    }),
    system: () => recordFileSystem({ durability, rewriteBytesMax, steps }),
  }
}

const anew = 1024 * 1024
const inPlace = 0

const recordFiles: readonly TortureCase[] = [
  recordFileCase('record-file', 'sync', anew),
  recordFileCase('record-file-async', 'async', anew),
  recordFileCase('record-file-cut', 'sync', inPlace),
  recordFileCase('record-file-cut-async', 'async', inPlace),
]

/** Small spaces around one hazard each, found missing when a mutant survived everything else. */
export const zooCases: readonly TortureCase[] = [...sparse, ...retention, ...arrivals, ...recordFiles]
