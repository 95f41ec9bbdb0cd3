import type { Procedure } from '@varve/storage'
import { play, type Played, type PlayOptions } from '../run/play.ts'
import { Violation, type Ledger, type System } from '../system.ts'
import { replayed, Tape } from '../tape/choices.ts'
import { seeded } from '../tape/seeded.ts'
import { Counterexample } from './counterexample.ts'

export interface SwarmOptions extends PlayOptions {
  /** The first seed; the others follow it. */
  readonly seed: number
  /** How many seeds; without a number, until `goesOn` says no. */
  readonly runs?: number
  /** One of so many runs is played a second time, and must do the same. Default 16; 0 plays none twice. */
  readonly repeatEvery?: number
  /** Asked before each run; false ends the swarm. */
  readonly goesOn?: () => boolean
}

/** What a swarm saw. */
export interface Swarmed {
  readonly runs: number
  /** Processes that were run, one after the other on the disk of the one before. */
  readonly lives: number
  readonly operations: number
  /** Runs that were played twice, and did the same both times. */
  readonly repeated: number
}

/**
 * Plays long runs by chance, one after the other. Each seed makes a tape, and the tape alone makes the run.
 *
 * @throws Counterexample
 */
export function* swarm<T, L extends Ledger>(system: System<T, L>, options: SwarmOptions): Procedure<Swarmed> {
  const { runs = Number.POSITIVE_INFINITY, repeatEvery = 16 } = options
  const seen = { runs: 0, lives: 0, operations: 0, repeated: 0 }
  for (; seen.runs < runs && options.goesOn?.() !== false; seen.runs += 1) {
    const tape = new Tape(seeded(options.seed + seen.runs))
    const played = yield* judged(system, tape, options)
    seen.lives += played.lives
    seen.operations += played.operations
    if (repeatEvery === 0 || seen.runs % repeatEvery !== 0) continue
    const again = yield* judged(system, new Tape(replayed(tape.drawn)), options)
    if (again.trace !== played.trace) {
      throw new Counterexample(new Violation('the same tape did something else the second time'), tape.drawn)
    }
    seen.repeated += 1
  }
  return seen
}

function* judged<T, L extends Ledger>(system: System<T, L>, tape: Tape, options: PlayOptions): Procedure<Played> {
  try {
    return yield* play(system, tape, options)
  } catch (error) {
    if (error instanceof Violation) throw new Counterexample(error, tape.drawn)
    throw error
  }
}
