import {
  Counterexample,
  Explorer,
  faultProfiles,
  play,
  replayed,
  runAwaiting,
  seeded,
  swarm,
  Tape,
  Violation,
  type PlayOptions,
} from '@varve/dst'
import type { Adapter } from '../adapters/adapters.ts'
import { runAdapter } from '../adapters/run-adapter.ts'
import { plantedDamage, runPlanted } from '../planted/planted.ts'
import { runTakeover, takeovers } from '../takeover/takeover.ts'
import type { TortureCase } from './case.ts'

export interface CaseOptions {
  readonly seed: number
  readonly probe: (name: string) => void
  /** Asked now and then; false ends the case early. */
  readonly goesOn: () => boolean
  /** Of a swarm; without a number it runs until `goesOn` says no. */
  readonly runs?: number
}

/** What a case saw, and the first promise it found broken. */
export interface CaseResult {
  readonly case: string
  /** States after a crash that were looked at; for a swarm, processes that were started. */
  readonly looked: number
  /** Of those, states that differed from all others, each of which was recovered and checked. */
  readonly states: number
  readonly lives: number
  /** Whether an exhaustive case came to its end. */
  readonly isComplete: boolean
  readonly failure: CaseFailure | undefined
}

export interface CaseFailure {
  readonly violation: string
  readonly tape: readonly number[]
}

/** Runs a case until its end, its first failure, or until it may not go on. */
export async function runCase(what: TortureCase, options: CaseOptions): Promise<CaseResult> {
  const { engine, system } = what
  if (engine.kind === 'planted') return await runAllPlanted(what, options)
  if (engine.kind === 'takeover') return await runAllTakeovers(what)
  if (engine.kind === 'own') {
    const { looked, states, lives, isComplete, failure } = engine.run(options.goesOn)
    return { case: what.name, looked, states, lives, isComplete, failure }
  }
  if (engine.kind === 'adapter') return await runOnAdapter(what, engine.adapter, options)
  const seen = { ...nothingSeen, case: what.name }
  const setup = setupOf(what, options.probe)
  if (engine.kind === 'swarm') {
    const { seed, goesOn, runs } = options
    const run = { ...setup, seed, goesOn, ...(runs !== undefined && { runs }) }
    const failure = await failureOf(async () => {
      const { lives } = await runAwaiting(swarm(system(), run))
      Object.assign(seen, { looked: lives, states: lives, lives })
    })
    return { ...seen, failure }
  }
  const explorer = new Explorer(system(), {
    ...setup,
    ...engine,
    goesOn: options.goesOn,
    bounds: engine.scheduleMax === undefined ? {} : { schedule: engine.scheduleMax },
  })
  const failure = await failureOf(async () => { await runAwaiting(explorer.explore()) })
  return { ...seen, ...explorer.explored, failure }
}

const nothingSeen = { looked: 0, states: 0, lives: 0, isComplete: false, failure: undefined }

async function runAllPlanted(what: TortureCase, { probe }: CaseOptions): Promise<CaseResult> {
  const count = plantedDamage.length
  const failure = await failureOf(() => {
    for (const damage of plantedDamage) runPlanted(damage, probe)
    return Promise.resolve()
  })
  return { ...nothingSeen, case: what.name, looked: count, states: count, lives: count, isComplete: true, failure }
}

async function runAllTakeovers(what: TortureCase): Promise<CaseResult> {
  let states = 0
  const failure = await failureOf(() => {
    for (const each of takeovers) states += runTakeover(each).states
    return Promise.resolve()
  })
  return { ...nothingSeen, case: what.name, looked: states, states, lives: states, isComplete: true, failure }
}

async function runOnAdapter(what: TortureCase, adapter: Adapter, options: CaseOptions): Promise<CaseResult> {
  const { seed, probe, goesOn, runs = Number.POSITIVE_INFINITY } = options
  let lives = 0
  const failure = await failureOf(async () => {
    for (let run = 0; run < runs && goesOn(); run += 1) {
      const tape = new Tape(seeded(seed + run))
      try {
        await runAdapter(adapter, what.system(), what.steps, tape, probe)
      } catch (error) {
        throw error instanceof Violation ? new Counterexample(error, tape.drawn) : error
      }
      lives += what.steps.length + 1
    }
  })
  return { ...nothingSeen, case: what.name, looked: lives, states: lives, lives, failure }
}

/** Plays one tape of a case. Undefined when no promise was broken. */
export async function playCase(
  what: TortureCase,
  tape: readonly number[],
  note?: (text: string) => void,
): Promise<string | undefined> {
  const { engine, system, steps } = what
  try {
    if (engine.kind === 'planted') for (const damage of plantedDamage) runPlanted(damage, () => {})
    if (engine.kind === 'adapter') await runAdapter(engine.adapter, system(), steps, replayed(tape), () => {})
    if (engine.kind === 'own') return engine.play(tape)
    if (engine.kind === 'takeover') for (const each of takeovers) runTakeover(each)
    if (engine.kind !== 'exhaustive' && engine.kind !== 'swarm') return undefined
    const setup = { ...setupOf(what, () => {}), note }
    await runAwaiting(play(system(), new Tape(replayed(tape)), setup))
    return undefined
  } catch (error) {
    if (error instanceof Violation) return error.message
    throw error
  }
}

function setupOf(what: TortureCase, probe: (name: string) => void): PlayOptions {
  const { scheduled, extras, steps, engine } = what
  const failing = engine.kind === 'swarm' || (engine.kind === 'exhaustive' && engine.faultsMax !== undefined)
  const profile = faultProfiles[what.profile === 'none' ? 'strict-posix' : what.profile]
  const faults = failing ? profile.faults : []
  return { profile, faults, scheduled, extras, steps, probe, swarming: engine.kind === 'swarm' }
}

async function failureOf(run: () => Promise<void>): Promise<CaseFailure | undefined> {
  try {
    await run()
    return undefined
  } catch (error) {
    if (error instanceof Counterexample) return { violation: error.message, tape: error.tape }
    if (error instanceof Violation) return { violation: error.message, tape: [] }
    throw error
  }
}
