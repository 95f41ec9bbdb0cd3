import fc from 'fast-check'
import type { Coverage } from './coverage.ts'
import { changed, type Change, type FuzzTarget, type Outcome } from './target.ts'

/** What a run came to: an outcome, or how the law was broken. */
export type Verdict = { readonly outcome: Outcome } | { readonly failure: Error }

/** Told of what happens. */
export interface Listener {
  /** Before each run, so that a run that never ends can be told. */
  running(input: Uint8Array): void
  /** An input that reached something new. */
  news(input: Uint8Array, outcome: Outcome): void
  finding(input: Uint8Array, failure: Error): void
  progress(state: Progress): void
}

export interface Progress {
  readonly runs: number
  readonly seconds: number
  readonly pool: number
  readonly outcomes: number
  readonly blocks: number
}

export interface EngineOptions {
  readonly seconds: number
  readonly seed: number
  /** Undefined: changes are made to seeds only, whatever they reach. */
  readonly coverage: Coverage | undefined
}

/** Taking the coverage costs more than most runs, and news is rare: it is looked for in so many runs at once. */
const batchRuns = 16
const changesAtOnce = 512
const progressSeconds = 5

export async function verdictOf(target: FuzzTarget, input: Uint8Array): Promise<Verdict> {
  try {
    return { outcome: await target.run(input) }
  } catch (error) {
    return { failure: error instanceof Error ? error : new Error(String(error)) }
  }
}

/**
 * Changes inputs that reached something new into further ones, for `seconds`. What is new is an outcome, or a block of
 * the code that has never run.
 */
export async function fuzz(
  target: FuzzTarget,
  inputs: readonly Uint8Array[],
  options: EngineOptions,
  listener: Listener,
): Promise<Progress> {
  const { coverage } = options
  const pool: Uint8Array[] = []
  const outcomes = new Set<Outcome>()
  const began = performance.now()
  let runs = 0
  const state = (): Progress => ({
    runs,
    seconds: (performance.now() - began) / 1000,
    pool: pool.length,
    outcomes: outcomes.size,
    blocks: coverage?.blocks ?? 0,
  })
  const run = async (input: Uint8Array): Promise<Outcome | undefined> => {
    listener.running(input)
    runs += 1
    const verdict = await verdictOf(target, input)
    if ('outcome' in verdict) return verdict.outcome
    listener.finding(input, verdict.failure)
    return undefined
  }
  const keep = async (input: Uint8Array): Promise<void> => {
    coverage?.reset()
    const outcome = await run(input)
    const isNew = outcome !== undefined && !outcomes.has(outcome)
    const reached = coverage?.hasNews(true) ?? false
    if (outcome === undefined || (!isNew && !reached)) return
    outcomes.add(outcome)
    pool.push(input)
    if (isNew) listener.news(input, outcome)
  }
  for (const input of inputs) await keep(input)
  let told = 0
  for (const batch of batches(target, pool, inputs, options)) {
    coverage?.reset()
    const results: (Outcome | undefined)[] = []
    for (const input of batch) results.push(await run(input))
    const reached = coverage?.hasNews(false) ?? false
    for (const [at, input] of batch.entries()) {
      const outcome = results[at]
      if (outcome !== undefined && (reached || !outcomes.has(outcome))) await keep(input)
    }
    const { seconds } = state()
    if (seconds >= options.seconds) break
    if (seconds - told >= progressSeconds) {
      told = seconds
      listener.progress(state())
    }
  }
  return state()
}

/** Inputs without end: parents by turns, the newest more often, and a few changes each. */
function* batches(
  target: FuzzTarget,
  pool: readonly Uint8Array[],
  inputs: readonly Uint8Array[],
  { seed, coverage }: EngineOptions,
): Generator<readonly Uint8Array[]> {
  const step = fc.record({
    changes: fc.array(target.change, { minLength: 1, maxLength: 4, size: 'max' }),
    parent: fc.nat(0xffff),
    isRecent: fc.boolean(),
  })
  for (let round = 0; ; round += 1) {
    const steps = fc.sample(step, { numRuns: changesAtOnce, seed: seed + round })
    for (let at = 0; at < steps.length; at += batchRuns) {
      const parents = coverage === undefined || pool.length === 0 ? inputs : pool
      yield steps.slice(at, at + batchRuns).map((chosen) => made(parents, chosen))
    }
  }
}

function made(
  parents: readonly Uint8Array[],
  chosen: { readonly changes: readonly Change[]; readonly parent: number; readonly isRecent: boolean },
): Uint8Array {
  const { changes, parent, isRecent } = chosen
  const recent = Math.min(16, parents.length)
  const at = isRecent ? parents.length - 1 - (parent % recent) : parent % parents.length
  return changed(parents[at] ?? new Uint8Array(0), changes)
}
