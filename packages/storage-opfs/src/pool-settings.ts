import type { VarveError } from '@varve/codec'
import type { Runtime } from '@varve/storage'
import type { OpfsPlatform } from './platform.ts'

/** How a pool behaves. */
export interface PoolSettings {
  readonly platform: OpfsPlatform
  readonly runtime: Runtime
  /** Path of the directory, as its parts. */
  readonly path: readonly string[]
  /** Physical files that the pool has at least. */
  readonly poolSize: number
  /** How long to wait for another tab that is about to end, in milliseconds. */
  readonly waitMs: number
  /** From what age on a physical file is believed to have a durable name, in milliseconds. */
  readonly youngMs: number
}

/** What is in a pool, for people. */
export interface PoolStats {
  /** Physical files; each costs 16 KiB besides its content. */
  readonly files: number
  /** Of these, those that have a name, are free, or are so young that their own name may not be durable yet. */
  readonly named: number
  readonly free: number
  readonly young: number
  /** Files whose header is damaged in every copy. They are left alone, and what they held is missing from the log. */
  readonly damaged: readonly string[]
  /** Names in the directory that are no files of the pool. They are left alone. */
  readonly foreign: readonly string[]
  /** Why the pool last failed to grow, if it did. */
  readonly growthFailure: VarveError | undefined
}
