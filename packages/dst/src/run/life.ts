import { isVarveError } from '@varve/codec'
import type { LogStorage, MaybePromise, Procedure, Runtime, ScheduledRuntime } from '@varve/storage'
import { Digest } from '../disk/digest.ts'
import type { Disk } from '../disk/disk.ts'
import type { FaultProfile } from '../profile.ts'
import { betrays, happenings, type FaultKind, type Happening } from '../storage/faults.ts'
import { describeOperation, type Operation } from '../storage/operation.ts'
import { CrashSignal, SimulatedStorage } from '../storage/simulated-storage.ts'
import { inSteps } from '../storage/stepped.ts'
import { Violation, type Ledger, type System, type World } from '../system.ts'
import type { Tape } from '../tape/choices.ts'
import { runScheduled, runSynchronously, settled } from './drive.ts'
import { chosenRuntime, promising, repeatableRuntime } from './runtimes.ts'

/** What all processes of a simulation have in common. */
export interface Setup {
  readonly profile: FaultProfile
  /** Which of the profile's faults may happen; all of them if not told otherwise. */
  readonly faults: readonly FaultKind[]
  /** Whether every operation is a step of its own, chosen among all that could come next. */
  readonly scheduled: boolean
  /** Whether storage offers `writeDurable` and `reserve`. */
  readonly extras: boolean
  readonly probe: (name: string) => void
  /** Takes the lines of a timeline; absent where nobody reads one, which is much faster. */
  readonly note?: ((text: string) => void) | undefined
}

/** A disk that nobody uses at the moment, and what the system on it owes. */
export interface State<L> {
  readonly disk: Disk
  readonly ledger: L
  /** How many processes there were: each draws its own salts. */
  readonly lives: number
  readonly isBetrayed: boolean
  readonly hasDecayed: boolean
}

/** How a process ended: by itself, having shut its system down, at a crash, or giving up after an injected fault. */
export type Ending = 'ended' | 'shut-down' | 'crashed' | 'gave-up'

/** Called before each operation; what it returns happens, as a place among the alternatives, 0 being none. */
export type Decide = (operation: Operation, alternatives: readonly Happening[]) => number

/** One process: opens the system, checks it, works with it, ends. */
export class Life<L extends Ledger> implements World {
  readonly storage: LogStorage
  readonly runtime: Runtime
  readonly life: number
  readonly stepsMax: number
  readonly ledger: L
  readonly simulated: SimulatedStorage
  /** Hash of everything that happened, in order: equal tapes must give equal hashes. */
  readonly trace: Digest = new Digest()
  operations = 0
  faults = 0
  isBetrayed: boolean
  readonly hasDecayed: boolean
  readonly #setup: Setup
  readonly #tape: Tape
  readonly #decide: Decide
  readonly #scheduler: ScheduledRuntime | undefined
  #isShutDown = false

  constructor(setup: Setup, state: State<L>, tape: Tape, stepsMax: number, decide?: Decide) {
    this.#setup = setup
    this.#tape = tape
    this.#decide = decide ?? ((_operation, { length }) => tape.draw(length + 1, 'happening'))
    this.life = state.lives + 1
    this.stepsMax = stepsMax
    this.ledger = state.ledger
    this.isBetrayed = state.isBetrayed
    this.hasDecayed = state.hasDecayed
    const { extras, profile, scheduled } = setup
    const before = (operation: Operation): Happening | undefined => this.#before(operation)
    this.simulated = new SimulatedStorage(state.disk, { before, extras, names: profile.names })
    if (!scheduled) {
      this.runtime = repeatableRuntime(this.life)
      this.storage = this.simulated
      return
    }
    const scheduler = chosenRuntime(this.life, (ways) => this.#drawn(ways, 'schedule'))
    const stalls = (): boolean => {
      const stalled = setup.faults.includes('stall') && this.#drawn(2, 'stall') === 1
      if (stalled) this.probe('fault.stall')
      return stalled
    }
    this.#scheduler = scheduler
    this.runtime = promising(scheduler)
    this.storage = inSteps(this.simulated, scheduler, stalls)
  }

  get profile(): FaultProfile {
    return this.#setup.profile
  }

  choose(ways: number): number {
    return this.#drawn(ways, 'work')
  }

  probe(name: string): void {
    this.#setup.probe(name)
  }

  note(text: string): void {
    this.#setup.note?.(text)
  }

  shutDown(): void {
    this.#isShutDown = true
  }

  settleNames(): void {
    this.simulated.settleNames()
    this.ledger.settleNames()
  }

  /** Runs to the end of the process, whichever it is. @throws Violation */
  run<T>(system: System<T, L>): MaybePromise<Ending> {
    if (this.#scheduler === undefined) return runSynchronously(this.#live(system))
    return this.#runScheduled(system, this.#scheduler)
  }

  async #runScheduled<T>(system: System<T, L>, scheduler: ScheduledRuntime): Promise<Ending> {
    return (await runScheduled(scheduler, this.#live(system), () => this.simulated.crashed)) ?? 'crashed'
  }

  *#live<T>(system: System<T, L>): Procedure<Ending> {
    const { ledger } = this
    let instance: T | undefined
    try {
      instance = yield* settled(system.open(this, ledger))
      yield* settled(system.check(instance, this, ledger))
      yield* settled(system.workload(instance, this, ledger))
      if (this.simulated.crashed) return 'crashed'
      return this.#isShutDown ? 'shut-down' : 'ended'
    } catch (error) {
      if (error instanceof Violation) throw error
      if (this.simulated.crashed) return 'crashed'
      if (this.faults === 0 && system.tolerates?.(error, this) !== true) throw unexpected(error)
      if (!isVarveError(error)) throw unexpected(error)
      this.note(`gave up: ${error.message}`)
      if (instance !== undefined) yield* this.#abandon(system, instance)
      return this.#hasCrashed() ? 'crashed' : 'gave-up'
    }
  }

  /** A method, because the compiler believes that what was false a moment ago still is. */
  #hasCrashed(): boolean {
    return this.simulated.crashed
  }

  *#abandon<T>(system: System<T, L>, instance: T): Procedure<void> {
    if (system.abandon === undefined) return
    try {
      yield* settled(system.abandon(instance))
    } catch (error) {
      if (!isVarveError(error) && !(error instanceof CrashSignal)) throw error
      // What it has to say was said before.
    }
    const left = [...this.simulated.openFiles].map(({ name }) => name)
    if (left.length > 0 && !this.simulated.crashed) throw new Violation(`giving up leaves ${left.join(', ')} open`)
  }

  #before(operation: Operation): Happening | undefined {
    this.operations += 1
    const { faults } = this.#setup
    const alternatives = happenings(operation, faults)
    const way = this.#decide(operation, alternatives)
    const happening = way === 0 ? undefined : alternatives[way - 1]
    this.trace.word(operation.kind.length).word(operation.name.length).number(operation.position ?? 0).word(way)
    if (this.#setup.note !== undefined) this.note(describeHappening(operation, happening))
    if (happening === undefined || happening.kind === 'crash') return happening
    this.faults += 1
    this.probe(`fault.${happening.kind}`)
    if (betrays(happening.kind)) {
      this.isBetrayed = true
      this.ledger.betray()
    }
    // Nobody can promise anything of bytes that the file system takes back.
    if (happening.kind === 'sync-fails-reverted') this.ledger.losePower()
    return happening
  }

  #drawn(ways: number, kind: 'work' | 'schedule' | 'stall'): number {
    const choice = this.#tape.draw(ways, kind)
    this.trace.word(choice)
    return choice
  }
}

function describeHappening(operation: Operation, happening: Happening | undefined): string {
  if (happening === undefined) return describeOperation(operation)
  const { kind, landed } = happening
  const what = kind === 'crash' ? 'THE PROCESS DIES' : `FAULT ${kind}`
  const part = landed === 'none' ? '' : `, ${landed} of the bytes had landed`
  return `${describeOperation(operation)}: ${what}${part}`
}

function unexpected(error: unknown): Violation {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new Violation(`nothing went wrong in this process, and yet: ${what}`, { cause: error })
}
