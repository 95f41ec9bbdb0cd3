import type { Procedure } from '@varve/storage'
import { SurvivalPlan } from '../disk/survival-plan.ts'
import { settled } from '../run/drive.ts'
import { Life, type Decide, type Ending, type Setup, type State } from '../run/life.ts'
import { after, beginning } from '../run/play.ts'
import { changes, type Operation } from '../storage/operation.ts'
import { isDecay, type Happening } from '../storage/faults.ts'
import { land } from '../storage/landing.ts'
import { Violation, type Ledger, type System } from '../system.ts'
import { Tape, type Choices } from '../tape/choices.ts'
import { EnumeratedChoices, type Bounds } from '../tape/enumerated.ts'
import { Counterexample } from './counterexample.ts'
import { isComplete, vectors } from './vectors.ts'

export interface ExploreOptions extends Setup {
  /**
   * The most things that each process does before it ends, one number for each that may crash; the one after them only
   * recovers. `[4, 1]`: workloads of up to four operations, a crash at any point of them, a recovery and one more
   * operation, a crash at any point of those, and a recovery that is the last.
   */
  readonly steps: readonly number[]
  /** The most outcomes of one loss of power that are looked at, for each of `steps`; all where there are no more. */
  readonly outcomesMax: readonly number[]
  /** How many faults there may be in one process, for each of `steps`; every one is tried everywhere. Default 0. */
  readonly faultsMax?: readonly number[]
  /** How many choices of a kind may be other than the first, in one process. Default: no bound. */
  readonly bounds?: Bounds
  /** Asked now and then; false ends the exploration early. */
  readonly goesOn?: () => boolean
}

/** What an exploration saw. */
export interface Explored {
  /** States after a crash that were looked at, those that were equal to another included. */
  readonly looked: number
  /** States that differed from all others: each was recovered and checked, and most were crashed again. */
  readonly states: number
  /** Processes that were run. */
  readonly lives: number
  /** Losses of power that had more outcomes than were looked at. */
  readonly sampled: number
  /** Whether it came to its end. */
  readonly isComplete: boolean
}

/** A moment at which a process may die, with the state it leaves if only it dies. */
interface Point<L> {
  readonly state: State<L>
  readonly tape: readonly number[]
  /** Whether the process had shut its system down. */
  readonly isShutDown: boolean
}

/**
 * Runs every workload, and for every operation of it looks at every state that a crash there may leave: recovers the
 * system, checks it, and does the same to the recovery. Nothing is run again to get to a state: disk and ledger branch.
 * Every state is named by the tape that {@link play} would get there with.
 */
export class Explorer<T, L extends Ledger> {
  looked = 0
  states = 0
  lives = 0
  sampled = 0
  readonly #system: System<T, L>
  readonly #options: ExploreOptions
  /** Digests of disks by depth and by digest of the ledger. */
  readonly #visited: Map<string, Set<number>>[]
  #isStopped = false

  constructor(system: System<T, L>, options: ExploreOptions) {
    this.#system = system
    this.#options = options
    this.#visited = [...options.steps, 0].map(() => new Map<string, Set<number>>())
  }

  get explored(): Explored {
    const { looked, states, lives, sampled } = this
    return { looked, states, lives, sampled, isComplete: !this.#isStopped }
  }

  /** @throws Counterexample */
  *explore(): Procedure<Explored> {
    yield* this.#from(beginning(this.#system, this.#options), [], 0)
    return this.explored
  }

  /** Everything that the process number `depth` may do, and every crash of it. */
  *#from(state: State<L>, tape: readonly number[], depth: number): Procedure<void> {
    const { bounds = {}, faultsMax = [], steps } = this.#options
    const source = new EnumeratedChoices({ ...bounds, happening: faultsMax[depth] ?? 0 })
    do {
      if (this.#isStopped) return
      const points: Point<L>[] = []
      const recorded = new Tape(source, tape)
      const branch = branchOf(state)
      const life = new Life<L>(this.#options, branch, recorded, steps[depth] ?? 0, (operation, alternatives) => {
        if (source.isNew && changes(operation)) points.push(...pointsAt(life, recorded, operation, alternatives))
        return decided(source, recorded, alternatives)
      })
      const ending = yield* this.#run(life, recorded)
      points.push({ state: after(life), tape: recorded.drawn, isShutDown: ending === 'shut-down' })
      for (const point of points) yield* this.#crash(point, depth)
    } while (source.next())
  }

  *#run(life: Life<L>, tape: Tape): Procedure<Ending> {
    this.lives += 1
    try {
      return yield* settled(life.run(this.#system))
    } catch (error) {
      if (error instanceof Violation) throw new Counterexample(error, tape.drawn)
      throw error
    }
  }

  /** Both kinds of crash: the process alone, and the machine with it. */
  *#crash(point: Point<L>, depth: number): Procedure<void> {
    const { outcomesMax, profile } = this.#options
    const { state, tape } = point
    // Between two runs `play` would ask what the disk lost; here it never loses anything.
    const undecayed = point.isShutDown && this.#options.faults.some(isDecay) ? [0] : []
    yield* this.#visit({ ...state, ledger: state.ledger.clone() }, () => [...tape, 0, ...undecayed], depth + 1)
    const plan = new SurvivalPlan(state.disk, profile.survival)
    const limit = outcomesMax[depth] ?? 1
    if (!isComplete(plan.ways, limit)) this.sampled += 1
    state.ledger.losePower()
    for (const chosen of vectors(plan.ways, limit, depth + 1)) {
      const survivor = { ...state, disk: plan.image(chosen) }
      const drawn = (): number[] => chosen.filter((_way, at) => (plan.ways[at] as number) > 1)
      yield* this.#visit(survivor, () => [...tape, 1, ...drawn()], depth + 1)
    }
  }

  /** Whether this state has not been visited at this depth; it has been, from now on. */
  #isNew({ disk, ledger }: State<L>, depth: number): boolean {
    const visited = this.#visited[depth] as Map<string, Set<number>>
    const { digest } = ledger
    let disks = visited.get(digest)
    if (disks === undefined) {
      disks = new Set()
      visited.set(digest, disks)
    }
    const { size } = disks
    return disks.add(disk.digest).size > size
  }

  /** `state` may be shared; it is copied before anything happens to it. */
  *#visit(state: State<L>, tapeTo: () => readonly number[], depth: number): Procedure<void> {
    this.looked += 1
    if (this.#isStopped) return
    if (this.looked % 256 === 0 && this.#options.goesOn?.() === false) this.#isStopped = true
    if (!this.#isNew(state, depth)) return
    this.states += 1
    const tape = tapeTo()
    if (depth < this.#options.steps.length) {
      yield* this.#from(state, tape, depth)
      return
    }
    const quiet: Decide = () => 0
    const recorded = new Tape({ draw: () => 0 }, tape)
    yield* this.#run(new Life(this.#options, branchOf(state), recorded, 0, quiet), recorded)
  }
}

/** The states that a death before this operation leaves, or in the middle of it. */
function pointsAt<L extends Ledger>(
  life: Life<L>,
  tape: Tape,
  operation: Operation,
  alternatives: readonly Happening[],
): Point<L>[] {
  const points: Point<L>[] = []
  alternatives.forEach(({ kind, landed }, at) => {
    if (kind !== 'crash') return
    const state = { ...after(life), ledger: life.ledger.clone() }
    land(state.disk, operation, landed)
    points.push({ state, tape: [...tape.drawn, at + 1], isShutDown: false })
  })
  return points
}

function branchOf<L extends Ledger>(state: State<L>): State<L> {
  return { ...state, disk: state.disk.clone(), ledger: state.ledger.clone() }
}

/** Draws a fault or none, and puts on the tape what `play` would have drawn: crashes come first there. */
function decided(source: Choices, tape: Tape, alternatives: readonly Happening[]): number {
  const crashes = alternatives.filter(({ kind }) => kind === 'crash').length
  const faults = alternatives.length - crashes
  const fault = faults === 0 ? 0 : source.draw(faults + 1, 'happening')
  const way = fault === 0 ? 0 : fault + crashes
  tape.push(way)
  return way
}
