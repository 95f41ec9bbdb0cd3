import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { RealResult, RealScenario } from './scenario.ts'
import { realScenarios } from './scenarios.ts'

export interface RealOptions {
  /** For each scenario. */
  readonly seconds: number
  /** For each scenario: rounds that it makes even if they take longer. 0 unless given. */
  readonly roundsMin?: number
  readonly seed: number
  /** Scratch: each scenario has a directory below it while it runs. */
  readonly directory: string
  /** Where to keep the files of broken promises; without it they are not kept. */
  readonly evidence?: string
  /** Names; without it all. */
  readonly only?: readonly string[]
  /** Lets writers or storage lie: then every scenario has to find violations. */
  readonly dishonest?: boolean
  /** Ends it behind the round under way. Without it an interrupt leaves mounted disks behind. */
  readonly signal?: AbortSignal
  /** Hears from the scenarios under way. */
  readonly onProgress?: (scenario: string, text: string) => void
}

/** What the scenarios did, for a person or as JSON. */
export interface RealReport {
  readonly seed: number
  readonly ran: readonly RealOutcome[]
  /** What could not run here, and why. */
  readonly skipped: readonly RealSkip[]
  /** What began and could not be carried out: that is no violation, and no success either. */
  readonly aborted: readonly RealSkip[]
}

export interface RealOutcome extends RealResult {
  readonly name: string
  readonly proves: string
}

export interface RealSkip {
  readonly name: string
  readonly proves: string
  readonly reason: string
}

/** Runs what can run, one after the other. Prints nothing. */
export async function runRealScenarios(
  options: RealOptions,
  scenarios: readonly RealScenario[] = realScenarios,
): Promise<RealReport> {
  const ran: RealOutcome[] = []
  const skipped: RealSkip[] = []
  const aborted: RealSkip[] = []
  for (const scenario of scenarios) {
    const { name, proves } = scenario
    if (options.only?.includes(name) === false) continue
    const reason = options.signal?.aborted === true ? 'the run was interrupted' : scenario.unavailable()
    if (reason !== undefined) {
      skipped.push({ name, proves, reason })
      continue
    }
    try {
      ran.push({ name, proves, ...(await runOne(scenario, options)) })
    } catch (error) {
      aborted.push({ name, proves, reason: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  }
  return { seed: options.seed, ran, skipped, aborted }
}

async function runOne(scenario: RealScenario, options: RealOptions): Promise<RealResult> {
  const { seconds, roundsMin, seed, evidence, dishonest, signal } = options
  const directory = join(options.directory, scenario.name)
  mkdirSync(directory, { recursive: true })
  try {
    return await scenario.run({
      seconds,
      roundsMin,
      seed,
      directory,
      evidence,
      dishonest: dishonest === true,
      signal,
      progress: (text) => { options.onProgress?.(scenario.name, text) },
    })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
