import type { Mutant } from './mutant.ts'
import { mutants as allMutants } from './mutants.ts'
import type { CaseOutcome } from './order.ts'
import { runMutant } from './run-mutant.ts'

/** One case of each way of looking, and of each mode. */
const panel: readonly string[] = [
  'planted',
  'takeover',
  'decay-killed',
  'decay-handed-over',
  'decay-rotated',
  'one-batch',
  'short-plain',
  'short-async',
  'sparse-rotation',
  'sparse-rotation-async',
  'sparse-faults-rotation',
  'sparse-faults-async',
  'sparse-retention',
  'faults-then-work',
  'arriving-sync',
  'arriving-plain',
  'arriving-async',
  'swarm-plain-sync-strict-posix',
  'swarm-plain-async-strict-posix',
  'swarm-scheduled-async-strict-posix',
  'swarm-scheduled-sync-strict-posix',
  'swarm-plain-sync-no-powersafe-overwrite',
  'swarm-plain-sync-decaying-disk',
  'swarm-plain-sync-opfs-firefox',
  'lock',
  'lock-without-links',
  'record-file-cut',
  'record-file-cut-async',
]

/** The budget of each of them, in processes. */
const panelStates = 2_000

/** What became of one mutant. */
export interface MutantResult {
  readonly name: string
  readonly hazard: string
  readonly isCanary: boolean
  readonly caught: boolean
  /** The case that caught it first, and what it found. */
  readonly by: string | undefined
  readonly violation: string | undefined
  readonly tape: readonly number[]
  /** Processes that were started, one after each crash, until it was caught; in that case alone. */
  readonly states: number
  /** States after a crash that were looked at until then, those that were equal to another included; 0 for a swarm. */
  readonly looked: number
  /** The budget. */
  readonly statesMax: number
  /** All of it: bundling, starting a process, looking. */
  readonly ms: number
  /** With `table`: the other cases that catch it, too. */
  readonly otherModes: readonly string[]
}

export interface ZooReport {
  readonly mutants: readonly MutantResult[]
  /** Names of mutants that were not caught, canaries included. */
  readonly missed: readonly string[]
  /** Whether every canary was caught, and there was one. Without it the rest means nothing. */
  readonly canary: 'caught' | 'alive' | 'absent'
  /** What the same cases make of the code as it is: they must find nothing. */
  readonly unmutated: 'clean' | { readonly case: string; readonly violation: string; readonly tape: readonly number[] }
  readonly ok: boolean
}

export interface ZooOptions {
  /** Names to run; canaries always run. Default: all. */
  readonly only?: RegExp
  /** Whether to go on behind the first case that catches a mutant, so that a table can say what else does. */
  readonly table?: boolean
  /** Cases that a table tries on every mutant, whatever it names itself. Default: one of each way of looking. */
  readonly panel?: readonly string[]
  /** Called with each result as it comes. */
  readonly progress?: (result: MutantResult) => void
  /** Default: all of them; a seam for tests. */
  readonly mutants?: readonly Mutant[]
  /** Processes started per case on the code as it is. Default 500. */
  readonly cleanStates?: number
  readonly seed?: number
}

/** Runs the mutants, one after the other, and first the code as it is. */
export async function runZoo(options: ZooOptions = {}): Promise<ZooReport> {
  const { only = /./, table = false, progress, mutants = allMutants, cleanStates = 500, seed = 1 } = options
  const others = table ? (options.panel ?? panel) : []
  const chosen = mutants.filter(({ name, canary }) => canary === true || only.test(name))
  const cases = [...new Set(chosen.flatMap(({ killedBy }) => killedBy))]
  const clean = await runMutant({ name: 'none', edits: [] }, { cases, states: cleanStates, seed, all: false })
  const results: MutantResult[] = []
  for (const each of chosen) {
    const result = await resultOf(each, others, table, seed)
    results.push(result)
    progress?.(result)
  }
  const unmutated = verdictOn(clean, cases)
  const missed = results.filter(({ caught }) => !caught).map(({ name }) => name)
  const canaries = results.filter(({ isCanary }) => isCanary)
  const canary = canaries.length === 0 ? 'absent' : canaries.every(({ caught }) => caught) ? 'caught' : 'alive'
  const ok = missed.length === 0 && canary === 'caught' && unmutated === 'clean'
  return { mutants: results, missed, canary, unmutated, ok }
}

async function resultOf(
  mutant: Mutant,
  others: readonly string[],
  table: boolean,
  seed: number,
): Promise<MutantResult> {
  const { name, hazard, killedBy, budget, canary } = mutant
  const began = performance.now()
  const { states } = budget
  const own = await runMutant(mutant, { cases: killedBy, states, seed, all: table })
  const cases = others.filter((each) => !killedBy.includes(each))
  const beside = cases.length === 0 ? [] : await runMutant(mutant, { cases, states: panelStates, seed, all: true })
  const ms = performance.now() - began
  const catches = ({ violation }: CaseOutcome): boolean => violation !== undefined
  // What the panel finds by the way is not what the mutant has promised to be found by.
  const first = own.find(catches)
  const also = [...own, ...beside].filter((each) => each !== first && catches(each))
  return {
    name,
    hazard,
    isCanary: canary === true,
    caught: first !== undefined,
    by: first?.case,
    violation: first?.violation,
    tape: first?.tape ?? [],
    states: first?.started ?? own.reduce((sum, { started }) => sum + started, 0),
    looked: first?.looked ?? 0,
    statesMax: states,
    ms,
    otherModes: also.map((outcome) => outcome.case),
  }
}

/** A case that came to no end is as bad as one that found something. */
function verdictOn(outcomes: readonly CaseOutcome[], cases: readonly string[]): ZooReport['unmutated'] {
  const failed = outcomes.find(({ violation }) => violation !== undefined)
  if (failed !== undefined) return { case: failed.case, violation: failed.violation ?? '', tape: failed.tape ?? [] }
  const unheard = cases[outcomes.length]
  return unheard === undefined ? 'clean' : { case: unheard, violation: 'it came to no end', tape: [] }
}
