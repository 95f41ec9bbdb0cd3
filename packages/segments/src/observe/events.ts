import type { VarveError } from '@varve/codec'
import type { RecoveryReport } from '../recover/report.ts'

/** The log was opened, and this is what recovery found. */
export interface OpenedEvent {
  readonly kind: 'opened'
  readonly recovery: RecoveryReport
}

/** A commit has ended: what was staged is with the operating system, and durable up to `durableSequence`. */
export interface CommittedEvent {
  readonly kind: 'committed'
  readonly records: number
  /** Of frames. */
  readonly bytes: number
  /** From taking the records from the queue on, syncs included; in milliseconds. */
  readonly ms: number
  readonly writtenSequence: number
  readonly durableSequence: number
}

/** A sync, or a write that is one, has succeeded. */
export interface SyncedEvent {
  readonly kind: 'synced'
  readonly ms: number
}

/** A segment was sealed and the next one has begun. */
export interface RotatedEvent {
  readonly kind: 'rotated'
  /** Name of the new segment. */
  readonly segment: string
  readonly firstSequence: number
}

/** A call found the queue full. Told once for each time that the queue fills up, not for each call. */
export interface FullEvent {
  readonly kind: 'full'
  /** What became of the call. */
  readonly outcome: 'waiting' | 'refused'
  readonly queuedRecords: number
  readonly queuedBytes: number
  readonly waitingCalls: number
  readonly waitingBytes: number
}

/** The floor was raised, durably: nothing below it is promised any more. */
export interface ArchivedEvent {
  readonly kind: 'archived'
  readonly floor: number
}

/** A reclaim has ended. */
export interface ReclaimedEvent {
  readonly kind: 'reclaimed'
  readonly floor: number
  /** Names of the segments that were removed, oldest first. */
  readonly removed: readonly string[]
  readonly bytes: number
}

/** The log was poisoned: it has to be closed and opened again. */
export interface FailedEvent {
  readonly kind: 'failed'
  readonly error: VarveError
}

/** The log was closed; nothing follows. */
export interface ClosedEvent {
  readonly kind: 'closed'
  readonly lastSequence: number
  readonly durableSequence: number
}

/** Something that a package above the log has to tell, such as a checkpoint: see `log.procedures.observe`. */
export interface OtherEvent {
  readonly kind: 'other'
  /** What it is called, in lower case, such as `checkpoint`. */
  readonly name: string
  readonly details: Readonly<Record<string, unknown>>
}

export type LogEvent =
  | OpenedEvent
  | CommittedEvent
  | SyncedEvent
  | RotatedEvent
  | FullEvent
  | ArchivedEvent
  | ReclaimedEvent
  | FailedEvent
  | ClosedEvent
  | OtherEvent

/**
 * Hears of what a log does, in order, soon after it has happened and never in the middle of a commit. The log does not
 * wait for it, and nothing that the log does depends on it: an observer that throws, or whose promise rejects, is not
 * called any more, and `stats().observerFailure` says why.
 */
export type LogObserver = (event: LogEvent) => unknown
