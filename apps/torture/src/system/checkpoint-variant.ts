import type { CheckpointRecovery } from '@varve/checkpoint'
import { Violation, type Decay, type World } from '@varve/dst'
import type { Log, LogRecord, SynchronousLog } from '@varve/segments'
import type { CheckpointLedger } from './checkpoint-ledger.ts'
import type { LogVariant, Step } from './log-variant.ts'
import { forgive } from './promises.ts'

/** One thing that a program with checkpoints does. */
export type CheckpointStep =
  | Extract<Step, { do: 'append' | 'batch' | 'sync' | 'reopen' | 'wait' | 'pause' }>
  /** Publishes the state after the last record. */
  | { readonly do: 'publish' }
  /** Publishes the state after the record before the last one. */
  | { readonly do: 'publish-earlier' }

/** A program that keeps a state beside its log, and what it does. */
export interface CheckpointVariant extends Omit<LogVariant, 'steps' | 'before'> {
  /** How many checkpoints are kept. */
  readonly keep: number
  /** What a workload is made of; the first is the simplest. */
  readonly steps: readonly CheckpointStep[]
  /** What has been done before the first process that may die does anything. */
  readonly before?: readonly CheckpointStep[]
}

/** Which state to publish; undefined when there is none of it. */
export function sequenceFor(step: CheckpointStep, lastSequence: number): number {
  return step.do === 'publish-earlier' ? Math.max(0, lastSequence - 1) : lastSequence
}

/** No publish raises the floor further than this; what is kept and damaged makes it lower. */
export function floorAfter(sequence: number, kept: readonly number[], keep: number): number {
  const all = [...new Set([sequence, ...kept])].sort((one, other) => other - one)
  return (all[keep - 1] ?? 0) + 1
}

/** Holds the records of a log that was just opened against its ledger. */
export function checkRecords(
  log: Log | SynchronousLog,
  records: readonly LogRecord[],
  world: World,
  ledger: CheckpointLedger,
): void {
  const { firstSequence } = log
  records.forEach(({ sequence }, at) => {
    if (sequence !== firstSequence + at) throw new Violation(`record ${sequence} stands where it should not`)
  })
  ledger.recovered(records.map(({ payload }) => payload), firstSequence)
  const range = records.length === 0 ? 'no records' : `records from ${firstSequence}, ${records.length} of them`
  world.note(`-- recovered ${range} by '${log.recovery.row ?? 'created'}', as promised`)
}

/** Holds the way in which a state was recovered against the ledger. */
export function checkRecovery(
  recovery: CheckpointRecovery,
  fold: number,
  world: World,
  ledger: CheckpointLedger,
): void {
  const { checkpoint, damaged, orphans, lastSequence } = recovery
  world.note(`-- began with ${checkpoint?.name ?? 'the first record'}, came to the state after ${lastSequence}`)
  for (const { code, reason } of damaged) {
    world.note(`-- not with one that is ${code}: ${reason}`)
    world.probe(`checkpoint.unusable.${code}`)
  }
  if (orphans.length > 0) world.probe('checkpoint.orphan-removed')
  const way = checkpoint === undefined ? 'none' : damaged.length === 0 ? 'newest' : 'fallback'
  world.probe(`checkpoint.${way}`)
  // A disk that decays, or a call that fails, may cost a checkpoint; nothing else may.
  const isExcused = world.hasDecayed || damaged.some(({ code }) => code === 'IO' || code === 'SHORT_READ')
  ledger.beganWith(checkpoint?.sequence, isExcused)
  ledger.cameTo(lastSequence, fold)
}

/** As `forgive`, of the log below. */
export function forgiveCheckpoints(decay: Decay, { log }: CheckpointLedger): void {
  forgive(decay, log)
}
