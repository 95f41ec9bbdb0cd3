import type { TortureCase } from '../cases/case.ts'
import { runCase, type CaseResult } from '../cases/run-case.ts'
import { withoutAmbient } from './ambient.ts'
import { explain, type Failure } from './failure.ts'
import { Probes } from './probes.ts'

export interface TortureOptions {
  readonly cases: readonly TortureCase[]
  readonly seconds: number
  readonly seed: number
  /** Runs exhaustive cases to their end, whatever `seconds` says. */
  readonly exhaustive: boolean
  /** Milliseconds, as of a clock. */
  readonly now: () => number
  readonly progress: (progress: Progress) => void
  /** Whether somebody wants it to end. */
  readonly isInterrupted?: () => boolean
}

export interface Progress {
  readonly case: string
  readonly looked: number
  readonly states: number
  readonly failures: number
  readonly casesDone: number
  readonly cases: number
  readonly seconds: number
}

/** What became of one case. */
export interface CaseReport extends Omit<CaseResult, 'failure' | 'case'> {
  readonly name: string
  readonly looksFor: string
  readonly storage: string
  readonly durability: string
  readonly profile: string
  readonly engine: string
  readonly verdict: 'held' | 'broken'
  readonly seconds: number
}

export interface TortureReport {
  readonly seed: number
  readonly seconds: number
  readonly looked: number
  readonly states: number
  readonly lives: number
  readonly cases: readonly CaseReport[]
  readonly probes: Readonly<Record<string, number>>
  /** Probes that a standard run must hit, and this one did not. */
  readonly missedProbes: readonly string[]
  readonly failures: readonly Failure[]
}

/** Share of the time for cases that end by themselves; what they leave goes to the swarms. */
const shareOfExhaustive = 0.45
const shareOfAdapters = 0.12

/** Runs all cases within the time. Goes on behind a failure: there may be others elsewhere. */
export async function torture(options: TortureOptions): Promise<TortureReport> {
  const { now, seconds, cases, seed } = options
  const began = now()
  const secondsSince = (since: number): number => (now() - since) / 1000
  const probes = new Probes()
  const reports: CaseReport[] = []
  const failures: Failure[] = []
  const totals = { looked: 0, states: 0, lives: 0 }
  const inOrder = [...cases].sort((one, other) => rank(one) - rank(other))
  for (const [at, what] of inOrder.entries()) {
    const share = shareOf(what, inOrder.slice(at), seconds, secondsSince(began))
    const caseBegan = now()
    const goesOn = (): boolean =>
      options.isInterrupted?.() !== true && (isUnbounded(what, options) || secondsSince(caseBegan) < share)
    const progress = (): void => {
      const done = { failures: failures.length, casesDone: at, cases: cases.length, seconds: secondsSince(began) }
      options.progress({ case: what.name, ...totals, ...done })
    }
    progress()
    const run = (): Promise<CaseResult> => runCase(what, { seed, probe: probes.hit, goesOn })
    const isSimulated = what.storage === 'simulated'
    const { failure, case: name, ...seen } = await (isSimulated ? withoutAmbient(run) : run())
    probes.hit(`profile.${what.profile}`)
    probes.hit(`storage.${what.storage}.${what.durability}`)
    totals.looked += seen.looked
    totals.states += seen.states
    totals.lives += seen.lives
    if (failure !== undefined) failures.push(await explain(what, failure))
    const { looksFor, storage, durability, profile, engine } = what
    const verdict = failure === undefined ? 'held' : 'broken'
    const about = { name, looksFor, storage, durability, profile, engine: engine.kind, verdict } as const
    reports.push({ ...about, ...seen, seconds: secondsSince(caseBegan) })
    progress()
  }
  const done = { seed, seconds: secondsSince(began), ...totals }
  return { ...done, cases: reports, probes: probes.hits, missedProbes: probes.missed, failures }
}

function isUnbounded({ engine }: TortureCase, { exhaustive }: TortureOptions): boolean {
  const isShort = engine.kind === 'planted' || engine.kind === 'takeover' || engine.kind === 'own'
  return isShort || (exhaustive && engine.kind === 'exhaustive')
}

const order = ['planted', 'takeover', 'own', 'adapter', 'exhaustive', 'swarm'] as const

function rank({ engine }: TortureCase): number {
  return order.indexOf(engine.kind)
}

/** An even part of what is left of the time for its kind; swarms come last and share all that is left. */
function shareOf(what: TortureCase, left: readonly TortureCase[], seconds: number, spent: number): number {
  const { kind } = what.engine
  const alike = left.filter(({ engine }) => engine.kind === kind).length
  const others = left.length - alike
  const ends = shareOfAdapters + shareOfExhaustive
  const upTo = { planted: 1, takeover: 1, own: 1, adapter: shareOfAdapters, exhaustive: ends, swarm: 1 }[kind]
  return Math.max(0, (others === 0 ? seconds : seconds * upTo) - spent) / alike
}
