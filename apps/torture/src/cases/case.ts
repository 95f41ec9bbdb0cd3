import type { Ledger, ProfileName, System } from '@varve/dst'
import type { Adapter } from '../adapters/adapters.ts'
import type { Durability } from '../system/log-variant.ts'

/** How a case looks for a broken promise. */
export type Engine =
  /** Every workload, every crash, every outcome; the numbers are those of the explorer's options. */
  | {
      readonly kind: 'exhaustive'
      readonly outcomesMax: readonly number[]
      readonly faultsMax?: readonly number[]
      /** Steps other than the first that may be chosen by the scheduler. */
      readonly scheduleMax?: number
    }
  /** Long runs by chance. */
  | { readonly kind: 'swarm' }
  /** The same workloads on a real adapter, whose processes are killed. */
  | { readonly kind: 'adapter'; readonly adapter: Adapter }
  /** Damage that no accident makes. */
  | { readonly kind: 'planted' }
  /** A writer that is believed to be dead, taken over from, and wakes up. */
  | { readonly kind: 'takeover' }
  /** A way of looking of its own, which ends when it may not go on. */
  | {
      readonly kind: 'own'
      readonly run: (goesOn: () => boolean) => OwnResult
      /** What a tape of it breaks; undefined if nothing. */
      readonly play: (tape: readonly number[]) => string | undefined
    }

export interface OwnResult {
  readonly looked: number
  readonly states: number
  readonly lives: number
  readonly isComplete: boolean
  readonly failure: { readonly violation: string; readonly tape: readonly number[] } | undefined
}

/** One thing that the torture does: a system, a disk, a way to look. */
export interface TortureCase {
  /** Unique; part of every replay string, so it never changes its meaning. */
  readonly name: string
  /** For people: what would be found here and nowhere else. */
  readonly looksFor: string
  /** `simulated`, the name of an adapter, or `planted`. */
  readonly storage: string
  readonly durability: Durability
  /** What kind of disk; `none` where nothing but the deaths is simulated. */
  readonly profile: ProfileName | 'none'
  /** Whether every operation is a step that others may come between. */
  readonly scheduled: boolean
  /** Whether the storage offers `writeDurable` and `reserve`. */
  readonly extras: boolean
  /** The most things that each process does; one more only recovers. */
  readonly steps: readonly number[]
  readonly engine: Engine
  /** A fresh system. */
  readonly system: () => System<unknown, Ledger>
}
