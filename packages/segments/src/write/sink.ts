import type { VarveError } from '@varve/codec'
import type { Procedure } from '@varve/storage'
import type { LogSettings } from '../api/options.ts'

/**
 * Where staged records go: the segments of a log, or a single file. Its procedures run one at a time; whoever starts
 * one sees to that. It knows what is written and what is durable, and nothing of those who wait for it.
 */
export interface Sink {
  /** Number of the last record that the operating system has. */
  readonly writtenSequence: number
  /** Number of the last record that a successful sync covers. */
  readonly durableSequence: number
  /** Bytes that were written and that no sync covers yet. */
  readonly unsyncedBytes: number
  /** Why `bytes` more of frames, behind all that is staged, can never be written; undefined if they can. */
  refusal(bytes: number): VarveError | undefined
  /** Hands everything staged so far to the operating system; with `durably`, and makes it durable. */
  commit(durably: boolean): Procedure<void>
  /** Whether more is durable than is written down. */
  readonly hasNews: boolean
  /** Writes down what is durable, where the next commit will overwrite it. */
  mark(): Procedure<void>
  /** Writes CLOSE. Everything is durable before. */
  shutDown(): Procedure<void>
  /** Gives all files back, whatever happened before. */
  dispose(): Procedure<void>
}

/** Whether `unsyncedBytes` are more than the `async` mode may leave un-synced; other modes sync every commit anyway. */
export function isBeyondBound({ durability, async }: LogSettings, unsyncedBytes: number): boolean {
  return durability === 'async' && unsyncedBytes > async.maxUnsyncedBytes
}
