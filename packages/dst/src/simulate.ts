import { VarveError } from '@varve/codec'
import { Counterexample } from './explore/counterexample.ts'
import { Explorer, type Explored } from './explore/explorer.ts'
import { shrinkTape, type ShrinkingLibrary } from './explore/shrink.ts'
import { swarm, type Swarmed } from './explore/swarm.ts'
import { faultProfiles, type FaultProfile, type ProfileName } from './profile.ts'
import { runAwaiting } from './run/drive.ts'
import { play, type PlayOptions } from './run/play.ts'
import { noLedger, Violation, type Ledger, type System } from './system.ts'
import { replayed, Tape } from './tape/choices.ts'
import { tapeFromText, tapeToText } from './tape/replay-string.ts'

export interface SimulateOptions {
  /** What kind of disk. Default `strict-posix`: nothing is certain but what POSIX promises. */
  readonly profile?: ProfileName | FaultProfile
  /** Whether every operation of the storage is a step that others may come between. Default true. */
  readonly scheduled?: boolean
  /** Whether operations may fail, too. Default true. */
  readonly faults?: boolean
  /** The most things that each process of an exhaustive exploration does; none is no exploration. Default `[2, 1]`. */
  readonly exploreSteps?: readonly number[]
  /** The most outcomes of one loss of power that are looked at. Default 64. */
  readonly outcomesMax?: number
  /** How many long runs by chance. Default 200. */
  readonly runs?: number
  /** The first of their seeds. Default 1. */
  readonly seed?: number
  /** The most things that each process of a long run does. Default `[8, 4, 4]`. */
  readonly runSteps?: readonly number[]
  /** Pass the module `fast-check`, and failures are shrunk. */
  readonly fastCheck?: ShrinkingLibrary
}

/**
 * A system, with or without a ledger. Without one, runs cannot branch: there are only long runs, and whatever `check`
 * goes by must begin anew where `world.life` is 1.
 */
export type SystemParts<T, L extends Ledger = Ledger> = Omit<System<T, L>, 'ledger'> &
  Partial<Pick<System<T, L>, 'ledger'>>

export interface Simulated {
  readonly explored: Explored | undefined
  readonly swarmed: Swarmed | undefined
  /** How often everything worth reaching was reached. */
  readonly probes: ReadonlyMap<string, number>
  readonly failure: SimulationFailure | undefined
}

/** A broken promise. */
export interface SimulationFailure {
  readonly violation: string
  /** For {@link replaySimulation}: the same again, on any machine with the same code. */
  readonly replay: string
  /** Everything that happened, a line each: operations, what was lost, what was recovered. */
  readonly timeline: readonly string[]
}

/** What a replay string begins with. */
type Way = 'explored' | 'swarmed'

/**
 * Looks for a way to break a system: first every crash of short workloads, then long runs by chance. It ends at the
 * first broken promise, and does not throw for one.
 *
 * @example
 * ```ts
 * const { failure } = await simulate({ open, workload, check }, { fastCheck: fc })
 * if (failure !== undefined) throw new Error(failure.timeline.join('\n'))
 * ```
 */
export async function simulate<T, L extends Ledger = Ledger>(
  system: SystemParts<T, L>,
  options: SimulateOptions = {},
): Promise<Simulated> {
  const whole = withLedger(system)
  const probes = new Map<string, number>()
  const probe = (name: string): void => { probes.set(name, (probes.get(name) ?? 0) + 1) }
  const { outcomesMax = 64, runs = 200, seed = 1 } = options
  let explored: Explored | undefined
  let swarmed: Swarmed | undefined
  let way: Way = 'explored'
  try {
    const setup = setupOf(options, 'explored', probe)
    if (setup.steps.length > 0 && system.ledger !== undefined) {
      const limits = setup.steps.map(() => outcomesMax)
      const faultsMax = setup.steps.map((_steps, at) => (at === 0 ? 1 : 0))
      const explorer = new Explorer(whole, { ...setup, outcomesMax: limits, faultsMax, bounds: { schedule: 1 } })
      explored = await runAwaiting(explorer.explore())
    }
    way = 'swarmed'
    swarmed = await runAwaiting(swarm(whole, { ...setupOf(options, way, probe), seed, runs }))
    return { explored, swarmed, probes, failure: undefined }
  } catch (error) {
    if (!(error instanceof Counterexample)) throw error
    return { explored, swarmed, probes, failure: await explain(whole, options, way, error.tape) }
  }
}

/**
 * Plays what a failure of {@link simulate} named, with the same options. `violation` is undefined when no promise was
 * broken this time.
 *
 * @throws VarveError `INVALID_ARGUMENT`
 */
export async function replaySimulation<T, L extends Ledger = Ledger>(
  system: SystemParts<T, L>,
  replay: string,
  options: SimulateOptions = {},
): Promise<{ readonly violation: string | undefined; readonly timeline: readonly string[] }> {
  const [way, tape] = replay.split(':')
  if (tape === undefined || (way !== 'explored' && way !== 'swarmed')) {
    throw new VarveError('INVALID_ARGUMENT', `'${replay.slice(0, 60)}' is no replay: use what a failure gave`)
  }
  return await playOnce(withLedger(system), options, way, tapeFromText(tape))
}

/** Tapes tried while a failure is shrunk. */
const triesMax = 1000

async function explain<T, L extends Ledger>(
  system: System<T, L>,
  options: SimulateOptions,
  way: Way,
  found: readonly number[],
): Promise<SimulationFailure> {
  const fails = async (tape: readonly number[]): Promise<boolean> =>
    (await playOnce(system, options, way, tape)).violation !== undefined
  const { fastCheck } = options
  const tape = fastCheck === undefined ? found : await shrinkTape(fastCheck, found, { fails, triesMax })
  const { violation = 'it was broken once, and not when it was played again', timeline } = await playOnce(
    system,
    options,
    way,
    tape,
  )
  return { violation, replay: `${way}:${tapeToText(tape)}`, timeline }
}

async function playOnce<T, L extends Ledger>(
  system: System<T, L>,
  options: SimulateOptions,
  way: Way,
  tape: readonly number[],
): Promise<{ readonly violation: string | undefined; readonly timeline: readonly string[] }> {
  const timeline: string[] = []
  const note = (line: string): void => { timeline.push(line) }
  try {
    await runAwaiting(play(system, new Tape(replayed(tape)), { ...setupOf(options, way, () => {}), note }))
    return { violation: undefined, timeline }
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    return { violation: error.message, timeline }
  }
}

function setupOf(options: SimulateOptions, way: Way, probe: (name: string) => void): PlayOptions {
  const { profile: named = 'strict-posix', scheduled = true, faults = true } = options
  const profile = typeof named === 'string' ? faultProfiles[named] : named
  const { exploreSteps = [2, 1], runSteps = [8, 4, 4] } = options
  const steps = way === 'explored' ? exploreSteps : runSteps
  const swarming = way === 'swarmed'
  return { profile, faults: faults ? profile.faults : [], scheduled, extras: true, steps, probe, swarming }
}

function withLedger<T, L extends Ledger>(system: SystemParts<T, L>): System<T, L> {
  // Without one it takes any, because it never looks at it.
  return { ...system, ledger: system.ledger ?? (() => noLedger as unknown as L) }
}
