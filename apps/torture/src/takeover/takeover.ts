import { isVarveError } from '@varve/codec'
import {
  Disk,
  faultProfiles,
  LogLedger,
  repeatableRuntime,
  SimulatedStorage,
  SurvivalPlan,
  Violation,
  type SimulatedStorageOptions,
} from '@varve/dst'
import { openLogSync, type SynchronousLog } from '@varve/segments'
import { smallLog } from '../system/log-variant.ts'

/**
 * A writer that is stopped at one of its operations, is believed to be dead, and wakes up when another has taken over,
 * recovered, and appended: whatever it does then must change nothing of what the other was told.
 */
export interface TakeoverCase {
  readonly name: string
  readonly durability: 'sync' | 'async'
  /** Sizes of the records that the first writer appends, in bytes. */
  readonly records: readonly number[]
}

export const takeovers: readonly TakeoverCase[] = [
  { name: 'small', durability: 'sync', records: [30, 40, 50] },
  { name: 'small-async', durability: 'async', records: [30, 40, 50] },
  { name: 'rotating', durability: 'sync', records: [2600, 400, 300, 40] },
  { name: 'rotating-async', durability: 'async', records: [2600, 400, 300, 40] },
]

export interface TakeoverResult {
  /** Moments at which the first writer was stopped. */
  readonly moments: number
  readonly states: number
  /** Moments in an open, or right before a segment gets its name: there, assumption 7 of docs/DURABILITY.md is all. */
  readonly assumed: number
}

/** Stops the writer at every operation. @throws Violation */
export function runTakeover({ name, durability, records }: TakeoverCase): TakeoverResult {
  const seen = { moments: 0, states: 0, assumed: 0 }
  for (let moment = 0; ; moment += 1) {
    const disk = new Disk()
    const ledger = new LogLedger()
    let operations = 0
    const sleeper = { isReached: false, isStopped: false, isOpening: true, isAssumed: true }
    const before: SimulatedStorageOptions['before'] = ({ kind }) => {
      operations += 1
      if (operations - 1 === moment) {
        sleeper.isReached = true
        sleeper.isStopped = !sleeper.isAssumed
        if (sleeper.isAssumed) seen.assumed += 1
        else takeOver(disk, durability, ledger)
      }
      if (kind === 'list') sleeper.isAssumed = true
      if (kind === 'rename') sleeper.isAssumed = sleeper.isOpening
      return undefined
    }
    const opened = (): void => {
      sleeper.isOpening = false
      sleeper.isAssumed = false
    }
    appendAll(new SimulatedStorage(disk, { before }), records, durability, ledger, () => sleeper.isStopped, opened)
    if (!sleeper.isReached) return seen
    if (!sleeper.isStopped) continue
    seen.moments += 1
    seen.states += lookAtAll(disk, ledger, `${name}, stopped at operation ${moment}`)
  }
}

/** Processes have numbers: each draws other salts. */
const processes = { sleeper: 1, successor: 2, looker: 3 } as const

function open(
  storage: SimulatedStorage,
  durability: TakeoverCase['durability'],
  process: keyof typeof processes,
): SynchronousLog {
  return openLogSync({ ...smallLog, storage, durability, runtime: repeatableRuntime(processes[process]) })
}

/** The one that is stopped. What it is told once it is not the writer any more is worth nothing. */
function appendAll(
  storage: SimulatedStorage,
  records: readonly number[],
  durability: TakeoverCase['durability'],
  ledger: LogLedger,
  isStopped: () => boolean,
  opened: () => void,
): void {
  try {
    const log = open(storage, durability, 'sleeper')
    opened()
    for (const bytes of records) {
      const [payload] = isStopped() ? [new Uint8Array(bytes).fill(0xaa)] : ledger.attempt([bytes])
      log.appendSync(payload as Uint8Array)
      if (isStopped()) continue
      if (durability === 'sync') ledger.cover()
      else ledger.write()
    }
  } catch (error) {
    if (!isVarveError(error)) throw error
    if (!isStopped()) throw new Violation(`it failed although nobody had taken over: ${error.message}`)
  }
}

/** The other one: recovers, appends, and stays the writer. */
function takeOver(disk: Disk, durability: TakeoverCase['durability'], ledger: LogLedger): void {
  const log = open(new SimulatedStorage(disk, { takesOver: true }), durability, 'successor')
  check(log, ledger)
  for (const payload of ledger.attempt([60])) log.appendSync(payload)
  log.syncSync()
  ledger.cover()
}

/** What can be read then, and what is left of it when the power goes. */
function lookAtAll(disk: Disk, ledger: LogLedger, where: string): number {
  let states = 0
  const look = (left: Disk, owed: LogLedger): void => {
    states += 1
    try {
      check(open(new SimulatedStorage(left.clone(), { takesOver: true }), 'sync', 'looker'), owed)
    } catch (error) {
      throw new Violation(`${where}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }
  look(disk, ledger.clone())
  const plan = new SurvivalPlan(disk, faultProfiles['strict-posix'].survival)
  const owed = ledger.clone()
  owed.losePower()
  const newest = plan.ways.map((ways) => ways - 1)
  look(plan.image(plan.ways.map(() => 0)), owed.clone())
  for (let at = 0; at < newest.length; at += 1) look(plan.image(newest.with(at, 0)), owed.clone())
  return states
}

function check(log: SynchronousLog, ledger: LogLedger): void {
  ledger.recovered([...log.readSync()].map(({ payload }) => payload))
}
