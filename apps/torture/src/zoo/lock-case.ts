import { isVarveError } from '@varve/codec'
import { nodeStorage, type NodeStorage, type NodeSystem } from '@varve/storage-node'
import { errno, MemoryFs, usedBy } from './memory-fs.ts'

/**
 * The lock of real files, which simulated storage does not have: while one process takes it, others come between any
 * two of its file system calls, and die in the middle of theirs.
 */
export interface LockCase {
  /** Unique; part of every replay string. */
  readonly name: string
  readonly looksFor: string
  /** Whether the file system has hard links; without them a lock file may be seen before it is whole. */
  readonly hasLinks: boolean
  /** Whether whoever is interrupted was stopped for longer than others take a half-made lock for one being made. */
  readonly isSlow: boolean
}

export const lockCases: readonly LockCase[] = [
  {
    name: 'lock',
    looksFor: 'two holders of the lock, and a generation that is given twice',
    hasLinks: true,
    isSlow: false,
  },
  {
    name: 'lock-without-links',
    looksFor: 'the same where files cannot be created whole',
    hasLinks: false,
    isSlow: false,
  },
  {
    name: 'lock-stopped',
    looksFor: 'the same when a half-made lock is taken for an abandoned one',
    hasLinks: false,
    isSlow: true,
  },
]

export interface LockCaseOptions {
  /** Asked before each run; false ends the case early. */
  readonly goesOn?: () => boolean
  /** Told of every process that tries to take the lock. */
  readonly started?: () => void
}

export interface LockCaseResult {
  readonly case: string
  /** Interleavings that were played. */
  readonly looked: number
  /** Processes that tried to take the lock. */
  readonly states: number
  readonly lives: number
  readonly isComplete: boolean
  readonly failure: { readonly violation: string; readonly tape: readonly number[] } | undefined
}

/** What an earlier process left. The first number of a tape. */
const beginnings = ['nothing', 'released', 'dead', 'dead, and older ones'] as const
/** What the second process does. The second number of a tape. */
const visits = ['stays', 'lets go', 'dies'] as const
/** Where the third comes: between two calls of the second, or later between two of the first. The third number. */
const thirds = ['within the second', 'after the second'] as const
/** More calls than anybody makes; the fourth and fifth numbers are those between which somebody comes. */
const callsMax = 200

/** Plays every interleaving of three processes, each of which comes once. */
export function runLockCase(what: LockCase, options: LockCaseOptions = {}): LockCaseResult {
  const seen = { looked: 0, states: 0 }
  const result = (isComplete: boolean, failure?: LockCaseResult['failure']): LockCaseResult => {
    return { case: what.name, ...seen, lives: seen.states, isComplete, failure }
  }
  for (const [beginning, visit, third] of scenarios()) {
    for (let second = 0; second < callsMax; second += 1) {
      for (let at = 0; at < callsMax; at += 1) {
        if (options.goesOn?.() === false) return result(false)
        const tape = [beginning, visit, third, second, at]
        const played = new Contest(what, tape, () => {
          seen.states += 1
          options.started?.()
        })
        seen.looked += 1
        const violation = played.play()
        if (violation !== undefined) return result(false, { violation, tape })
        if (!played.secondCame) second = callsMax
        if (!played.thirdCame) break
      }
    }
  }
  return result(true)
}

/** Plays one tape of the case; undefined when there never were two holders. */
export function playLockCase(what: LockCase, tape: readonly number[]): string | undefined {
  return new Contest(what, tape, () => {}).play()
}

function* scenarios(): Generator<readonly [number, number, number]> {
  for (const beginning of beginnings.keys()) {
    for (const visit of visits.keys()) for (const third of thirds.keys()) yield [beginning, visit, third]
  }
}

/** What the process ends with when it is killed. */
class Killed extends Error {}

interface Contender {
  readonly pid: number
  calls: number
}

class Contest {
  secondCame = false
  thirdCame = false
  readonly #fs: MemoryFs
  readonly #nowMs: number
  readonly #tape: readonly number[]
  readonly #started: () => void
  readonly #living = new Set<number>()
  readonly #holders = new Map<number, NodeStorage>()
  #highest = 0
  #tokens = 0
  #violation: string | undefined

  constructor({ hasLinks, isSlow }: LockCase, tape: readonly number[], started: () => void) {
    this.#tape = tape
    this.#started = started
    this.#fs = new MemoryFs('/log', hasLinks)
    // All files are of the time 0.
    this.#nowMs = isSlow ? 60_000 : 0
  }

  /** The promise that was broken, if one was. */
  play(): string | undefined {
    this.#begin()
    this.#contend(1, () => { this.#comeSecond() }, 3)
    const late = this.#holders.size === 0 && !this.secondCame
    if (late) this.#broken('nobody holds the lock, and a process that was alone did not get it')
    return this.#violation
  }

  #begin(): void {
    const [beginning = 0] = this.#tape
    if (beginning === 0) return
    this.#contend(9, () => {}, -1)
    if (beginning === 1) this.#release(9)
    else this.#die(9)
    if (beginning === 3) {
      // A process that died before it could sweep.
      this.#fs.put('lock-00000000', 'released\n')
      this.#contend(8, () => {}, -1)
      this.#die(8)
    }
  }

  #comeSecond(): void {
    const [, visit = 0, third = 0] = this.#tape
    this.secondCame = true
    const within = third === 0
    const dies = visits[visit] === 'dies'
    this.#contend(2, within || dies ? (self) => { this.#interrupt(self, dies, within) } : () => {}, 4)
    if (visits[visit] === 'lets go') this.#release(2)
  }

  /** Between two calls of the second process. */
  #interrupt(self: Contender, dies: boolean, within: boolean): void {
    this.thirdCame = true
    if (dies) this.#die(self.pid)
    if (within) this.#contend(3, () => {}, -1)
  }

  /** Process `pid` tries to take the lock; `between` runs before the call whose number is on the tape. */
  #contend(pid: number, between: (self: Contender) => void, place: number): void {
    const self: Contender = { pid, calls: 0 }
    const isDead = (): boolean => !this.#living.has(pid)
    this.#living.add(pid)
    this.#started()
    const fs = usedBy(this.#fs, () => {
      if (isDead()) throw new Killed()
      const call = self.calls
      self.calls += 1
      if (call === this.#tape[place]) between(self)
      else if (pid === 1) this.#comeLater(call)
      if (isDead()) throw new Killed()
    })
    const storage = nodeStorage('/log', { fs, system: this.#systemOf(pid), synchronous: true })
    try {
      const lock = storage.lock()
      if (isDead() || !('generation' in lock)) return
      this.#acquired(pid, lock.generation, storage)
    } catch (error) {
      if (isDead() || isVarveError(error, 'LOCKED')) return
      this.#broken(`process ${pid} was told ${String(error)}`)
    }
  }

  /** The third process, when it comes after the second between two calls of the first. */
  #comeLater(call: number): void {
    const [, visit = 0, third = 0, second = 0, at = 0] = this.#tape
    if (third === 0 || visits[visit] === 'dies' || call !== second + 1 + at) return
    this.thirdCame = true
    this.#contend(3, () => {}, -1)
  }

  #acquired(pid: number, generation: number, storage: NodeStorage): void {
    const [other] = this.#holders.keys()
    if (other !== undefined) this.#broken(`processes ${other} and ${pid} both hold the lock`)
    if (generation <= this.#highest) {
      this.#broken(`process ${pid} was given generation ${generation} after ${this.#highest} had been given`)
    }
    this.#highest = Math.max(this.#highest, generation)
    this.#holders.set(pid, storage)
  }

  #release(pid: number): void {
    const storage = this.#holders.get(pid)
    this.#holders.delete(pid)
    void storage?.close()
  }

  #die(pid: number): void {
    this.#living.delete(pid)
    this.#holders.delete(pid)
  }

  #broken(what: string): void {
    this.#violation ??= what
  }

  #systemOf(pid: number): NodeSystem {
    return {
      platform: 'linux',
      pid,
      hostname: () => 'host',
      uptimeSeconds: () => 1000,
      nowMs: () => this.#nowMs,
      uniqueToken: () => `${pid}-${(this.#tokens += 1)}`,
      probe: (other) => {
        if (!this.#living.has(other)) throw errno('ESRCH')
      },
    }
  }
}
