import type { LogStorage, MaybePromise, Runtime } from '@varve/storage'
import type { Disk } from './disk/disk.ts'
import type { FaultProfile } from './profile.ts'
import type { DecayFault } from './storage/faults.ts'

/** One process of a simulated run, as the system under test sees it. */
export interface World {
  readonly storage: LogStorage
  /** Clock, chance and scheduling. A system that uses any other cannot be replayed. */
  readonly runtime: Runtime
  readonly profile: FaultProfile
  /** Processes are numbered from 1. */
  readonly life: number
  /** How many things `workload` should do at most; 0 for a process that only recovers. */
  readonly stepsMax: number
  /** Whether the storage has lied: promises of durability are void, but nothing false may be read. */
  readonly isBetrayed: boolean
  /** Whether the disk lost something that had been durable: an error that says so is as good as the data. */
  readonly hasDecayed: boolean
  /** A decision of the workload: a whole number from 0 to `ways - 1`. Let 0 be the simplest. */
  choose(ways: number): number
  /** Says that something worth reaching was reached. A run that never reaches a probe proves less than it seems. */
  probe(name: string): void
  /**
   * Says that the system was shut down in an orderly way: whatever the disk loses from here to the next process must
   * be noticed. Only then does it lose anything.
   */
  shutDown(): void
  /** Lets so much time pass that `eventual` names become durable. */
  settleNames(): void
  /** A line for the timeline of a failure. */
  note(text: string): void
}

/**
 * What a system owes, kept outside of it and of its storage. The explorer copies it wherever a run branches, and the
 * simulator tells it what the world did.
 */
export interface Ledger {
  clone(): this
  /** What makes two ledgers differ, beside the bytes on the disk. */
  readonly digest: string
  /** The power went: what was promised only for the life of the machine is not owed any more. */
  losePower(): void
  /** The storage took back, or never kept, what it had said was durable. */
  betray(): void
  /** Names that were only `eventual` have become durable, and what was synced in their files with them. */
  settleNames(): void
}

/** What went bad on a disk between two runs. */
export interface Decay {
  readonly fault: DecayFault
  readonly name: string
  /** All files, the one that is gone included. */
  readonly names: readonly string[]
  /** The bytes concerned, from the first to behind the last; a file that was cut has none behind `from`. */
  readonly from: number
  readonly to: number
  /** Where the last sector of the file that held anything but zeros ended. */
  readonly contentEnd: number
}

/** A system under test: a log, or a database that stands on one. All of it may be synchronous or not. */
export interface System<T, L extends Ledger> {
  /** What a system that was never opened owes. */
  ledger(profile: FaultProfile): L
  /** What lies on the disk before the first process, all of it durable; a fresh copy at every call. Default: none. */
  disk?(): Disk
  /** Opens the system on whatever is in `world.storage`, recovering if need be. */
  open(world: World, ledger: L): MaybePromise<T>
  /** Holds what was recovered against the ledger. Throw {@link Violation} where a promise is broken. */
  check(instance: T, world: World, ledger: L): MaybePromise<void>
  /**
   * Does at most `world.stepsMax` things, each chosen with `world.choose`, noting in the ledger what it attempts and
   * what it is told. Ends the process in an orderly way, or just returns, which is a process that is killed.
   */
  workload(instance: T, world: World, ledger: L): MaybePromise<void>
  /** Gives up on an instance after an error, as a caller must: close it, whatever that says. */
  abandon?(instance: T): MaybePromise<void>
  /**
   * The disk lost something that had been durable. Where a documented limit says that this cannot be told from
   * something harmless, the ledger must be told: nothing is owed then but that nothing false is read.
   */
  decayed?(decay: Decay, ledger: L): void
  /**
   * Whether this error is an answer that keeps every promise: for a disk that decayed or lied, an error that names the
   * damage. Not asked for errors in a process in which a fault was injected.
   */
  tolerates?(error: unknown, world: World): boolean
}

/** A broken promise: what was promised and what was found. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

/** For systems that keep no books. */
export const noLedger: Ledger = {
  clone: () => noLedger,
  digest: '',
  losePower() {},
  betray() {},
  settleNames() {},
}
