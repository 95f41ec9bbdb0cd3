import { isVarveError } from '@varve/codec'
import { Books } from './crash-books.ts'
import { CrashDisk } from './crash-disk.ts'
import { Life, type LogVariant, type Step } from './crash-life.ts'
import type { CrashOperation } from './crash-operation.ts'
import { CrashStorage, type CrashFault } from './crash-storage.ts'

/** A disk that nobody uses at the moment, and what the log on it owes. */
export interface CrashState {
  readonly disk: CrashDisk
  readonly books: Books
  /** How many processes there were: each draws its own salts. */
  readonly lives: number
}

/** A moment at which a process may die. */
export interface CrashPoint extends CrashState {
  /** For people. */
  readonly at: string
}

/** What happens instead of an operation; undefined lets it be. */
export type Faults = (operation: CrashOperation, number: number) => CrashFault | undefined

/** A process that is about to use a log. */
export interface Beginning extends CrashState {
  readonly steps: readonly Step[]
  readonly variant: LogVariant
  readonly extras: boolean
  readonly faults?: Faults | undefined
  /**
   * From which step on the moments at which it could have died are of interest: -1 from its recovery on, none if it is
   * infinite.
   */
  readonly notedFrom: number
  readonly verify?: 'seals' | 'all' | undefined
}

export interface Course {
  /** In order; the last one is the end. */
  readonly points: readonly CrashPoint[]
  readonly operations: number
  /** The operations in which something went wrong. */
  readonly faults: number
  /** Ids of the rows of the recovery table that decided. */
  readonly rows: readonly string[]
}

/** Runs a process to its end, or to its first failure, and notes every moment at which it could have died. */
export function live(beginning: Beginning): Course {
  const { disk, books, steps, variant, extras } = beginning
  const { points, note } = notesOn(beginning)
  let step = -1
  let faults = 0
  const before: Faults = (operation, number) => {
    if (step >= beginning.notedFrom) note(operation, number)
    const fault = beginning.faults?.(operation, number)
    if (fault !== undefined) faults += 1
    // Nobody can promise anything of bytes that the file system takes back.
    if (fault?.kind === 'failed-sync' && fault.outcome === 'reverts') books.losePower()
    return fault
  }
  const storage = new CrashStorage(disk, { before, extras })
  const life = new Life(storage, books, variant, beginning.lives + 1)
  try {
    life.open(beginning.verify)
    for (const next of steps) {
      step += 1
      life.run(next)
    }
  } catch (error) {
    if (faults === 0 || !isVarveError(error)) throw error
    life.giveUp()
    const left = [...storage.openFiles].map(({ name }) => name)
    if (left.length > 0) throw new Error(`a log that failed leaves ${left.join(', ')} open`, { cause: error })
  }
  points.push({ disk, books, lives: beginning.lives + 1, at: 'at the end' })
  return { points, operations: storage.operations, faults, rows: life.rows }
}

/** Notes what a process would leave if it died before an operation, or in the middle of it. */
export function notesOn({ disk, books, lives }: CrashState): {
  readonly points: CrashPoint[]
  readonly note: (operation: CrashOperation, number: number) => undefined
} {
  const points: CrashPoint[] = []
  const push = (left: CrashDisk, at: string): void => {
    points.push({ disk: left, books: books.clone(), lives: lives + 1, at })
  }
  const note = (operation: CrashOperation, number: number): undefined => {
    const what = `${number} ${operation.kind} ${operation.name}`
    push(disk.clone(), `before ${what}`)
    const interrupted = halfDone(disk, operation)
    if (interrupted !== undefined) push(interrupted, `in ${what}`)
  }
  return { points, note }
}

/**
 * A write that was under way when the process died: some of it got to the cache. Which of its sectors survive a loss of
 * power is decided elsewhere; for a process that was killed half of it is enough.
 */
function halfDone(disk: CrashDisk, operation: CrashOperation): CrashDisk | undefined {
  const { kind, name, bytes, position = 0 } = operation
  if (bytes === undefined || !(kind === 'write' || kind === 'writeDurable')) return undefined
  const copy = disk.clone()
  const landed = kind === 'write' ? Math.floor(bytes.length / 2) : bytes.length
  copy.names.get(name)?.write(bytes.subarray(0, landed), position)
  return copy
}

/** Nothing at all: where every log begins. */
export function nothing(): CrashState {
  return { disk: new CrashDisk(), books: new Books(), lives: 0 }
}

/** The same state for somebody else to go on from. */
export function copyOf({ disk, books, lives }: CrashState): CrashState {
  return { disk: disk.clone(), books: books.clone(), lives }
}
