import { digestOf } from './crash-digest.ts'
import type { LogVariant, Step } from './crash-life.ts'
import { afterPowerLoss } from './crash-outcomes.ts'
import {
  copyOf,
  live,
  nothing,
  type Beginning,
  type Course,
  type CrashPoint,
  type CrashState,
  type Faults,
} from './crash-points.ts'

export interface ExplorerOptions {
  readonly variant?: LogVariant
  /** Whether storage offers `writeDurable` and `reserve`. Default true. */
  readonly extras?: boolean
  /** What is found where a file grew and its bytes did not land. Default zeros. */
  readonly holes?: 'zeros' | 'garbage'
  /** See `PowerLoss.damagedBlockBytes`. */
  readonly damagedBlockBytes?: number
  /** See `PowerLoss.tornSectors`. */
  readonly tornSectors?: boolean
  /**
   * How many outcomes of one power loss are looked at, for each depth: the first is for crashes of the workload, the
   * next for crashes of the process that recovers from them, and so on.
   */
  readonly limits: readonly number[]
  /** Of so many states, one is recovered by a process that dies again. Default 1. */
  readonly nestEvery?: number
  /** What a process does between its recovery and its own death. */
  readonly afterlife?: readonly Step[]
  /** Faults of the processes that recover and die again: each of their operations fails once. */
  readonly recoveryFaultAt?: FaultAt
}

/** What goes wrong when it is operation `number`'s turn. */
export type FaultAt = (number: number) => Faults

/** A way to a state that breaks a promise. */
export class Counterexample extends Error {
  override readonly name = 'Counterexample'

  constructor(path: readonly string[], cause: unknown) {
    super([...path, cause instanceof Error ? cause.message : String(cause)].join('\n  '), { cause })
  }
}

/**
 * Runs a workload once, and for every operation of it looks at every state that a crash there may leave: recovers the
 * log, holds it against the books, and does the same to the recovery.
 */
export class Explorer {
  /** States that were recovered and checked. */
  states = 0
  /** States equal to one that had been looked at. */
  duplicates = 0
  /** How often each row of the recovery table decided. */
  readonly rows: Map<string, number> = new Map<string, number>()
  readonly #options: ExplorerOptions
  readonly #visited = new Set<string>()

  constructor(options: ExplorerOptions) {
    this.#options = options
  }

  /** Crashes at every operation from the beginning of step `notedFrom` on; -1 is the recovery before all steps. */
  explore(steps: readonly Step[], notedFrom = -1): void {
    const path = [describe(steps)]
    const { points } = this.#live({ ...nothing(), steps, notedFrom }, path)
    for (const point of points) this.#crash(point, 0, path)
  }

  /** Explores every workload of at most `length` steps of the alphabet, each crash once. */
  exploreAll(alphabet: readonly Step[], length: number, steps: readonly Step[] = []): void {
    this.explore(steps, steps.length - 1)
    if (steps.length < length) for (const step of alphabet) this.exploreAll(alphabet, length, [...steps, step])
  }

  /**
   * Lets every operation fail for which `faultAt` has a fault, gives the log up, starts it again with the cache as it
   * is, and crashes at every operation from there on. With `twice`, the second process fails as well, at every
   * operation, and the crashes are those of a third.
   */
  exploreFaults(steps: readonly Step[], faultAt: FaultAt, twice = false): void {
    this.#fail(nothing(), steps, faultAt, [describe(steps)], twice ? 2 : 1)
  }

  /** Looks at every state that a crash at one of these moments may leave. */
  exploreFrom(points: readonly CrashPoint[], path: readonly string[]): void {
    for (const point of points) this.#crash(point, 0, path)
  }

  /** Lets a process fail at each of its operations, `times` times in a row, and crashes the one that comes after. */
  #fail(state: CrashState, steps: readonly Step[], faultAt: FaultAt, path: readonly string[], times: number): void {
    const { afterlife = [], limits } = this.#options
    const { operations } = this.#live({ ...copyOf(state), steps, notedFrom: Infinity }, path)
    for (let number = 0; number < operations; number += 1) {
      const failing = [...path, `fault at ${number}`]
      const course = this.#live({ ...copyOf(state), steps, notedFrom: Infinity, faults: faultAt(number) }, failing)
      const end = course.points.at(-1) as CrashPoint
      if (course.faults === 0) continue
      this.#crash(end, limits.length - 1, failing)
      const next = this.#live({ ...copyOf(end), steps: afterlife, notedFrom: -1 }, failing)
      for (const point of next.points) this.#crash(point, limits.length - 1, [...failing, 'started again'])
      if (times > 1) this.#fail(end, afterlife, faultAt, failing, times - 1)
    }
  }

  #live(beginning: Omit<Beginning, 'variant' | 'extras'>, path: readonly string[]): Course {
    const { variant = {}, extras = true } = this.#options
    try {
      const course = live({ ...beginning, variant, extras })
      for (const row of course.rows) this.rows.set(row, (this.rows.get(row) ?? 0) + 1)
      return course
    } catch (error) {
      throw new Counterexample(path, error)
    }
  }

  #crash(point: CrashPoint, depth: number, path: readonly string[]): void {
    const { limits, holes = 'zeros', damagedBlockBytes = 0, tornSectors = false } = this.#options
    const limit = limits[depth] as number
    const powerLoss = { limit, holes, damagedBlockBytes, tornSectors, seed: limit + depth }
    this.#visit(copyOf(point), depth, [...path, `${point.at}: killed`])
    let outcome = 0
    for (const disk of afterPowerLoss(point.disk, powerLoss)) {
      const books = point.books.clone()
      books.losePower()
      const state = { disk, books, lives: point.lives }
      this.#visit(state, depth, [...path, `${point.at}: power lost, outcome ${outcome}`])
      outcome += 1
    }
  }

  #visit(state: CrashState, depth: number, path: readonly string[]): void {
    const key = `${digestOf(state.disk)} ${state.books.digest} ${depth}`
    if (this.#visited.has(key)) {
      this.duplicates += 1
      return
    }
    this.#visited.add(key)
    this.states += 1
    const { limits, nestEvery = 1, afterlife = [], recoveryFaultAt } = this.#options
    const verify = this.states % 2 === 0 ? 'all' : 'seals'
    if (depth + 1 === limits.length || this.states % nestEvery !== 0) {
      this.#live({ ...state, steps: [], notedFrom: Infinity, verify }, path)
      return
    }
    if (recoveryFaultAt !== undefined) this.#fail(state, afterlife, recoveryFaultAt, path, 1)
    const { points } = this.#live({ ...state, steps: afterlife, notedFrom: -1, verify }, path)
    for (const point of points) this.#crash(point, depth + 1, path)
  }
}

function describe(steps: readonly Step[]): string {
  return steps.map((step) => ('bytes' in step ? `${step.do} ${String(step.bytes)}` : step.do)).join(', ')
}
