import type { MaybePromise, Procedure } from '@varve/storage'
import { Digest } from '../disk/digest.ts'
import { Disk } from '../disk/disk.ts'
import type { FaultKind } from '../storage/faults.ts'
import type { Ledger, System } from '../system.ts'
import type { Tape } from '../tape/choices.ts'
import { decay, losePower } from './aftermath.ts'
import { settled } from './drive.ts'
import { Life, type Ending, type Setup, type State } from './life.ts'

export interface PlayOptions extends Setup {
  /** The most things that each process does; one process for each number, and one more that only recovers. */
  readonly steps: readonly number[]
  /** Whether the tape also says, for each fault, if it is switched on at all in this run. Default false. */
  readonly swarming?: boolean
}

export interface Played {
  readonly lives: number
  readonly operations: number
  /** Hash of everything that happened. */
  readonly trace: number
}

/** Before the first process. */
export function beginning<T, L extends Ledger>(system: System<T, L>, { profile }: Setup): State<L> {
  const disk = system.disk?.() ?? new Disk()
  return { disk, ledger: system.ledger(profile), lives: 0, isBetrayed: false, hasDecayed: false }
}

/** Plays a tape: one process after the other on one disk, each checked as it opens. @throws Violation */
export function* play<T, L extends Ledger>(system: System<T, L>, tape: Tape, options: PlayOptions): Procedure<Played> {
  const trace = new Digest()
  const faults = options.swarming === true ? switchedOn(options.faults, tape) : options.faults
  const setup = { ...options, faults }
  let operations = 0
  let state = beginning(system, options)
  for (const [at, stepsMax] of [...options.steps, 0].entries()) {
    const isLast = at === options.steps.length
    options.note?.(`process ${at + 1} starts${isLast ? ', for a last look' : ''}`)
    // The last one meets no more trouble: what it finds is the result.
    const life = new Life(setup, state, tape, stepsMax, isLast ? () => 0 : undefined)
    const ending: Ending = yield* settled(life.run(system) satisfies MaybePromise<Ending>)
    operations += life.operations
    trace.number(life.trace.value)
    if (!isLast) state = between(system, setup, after(life), ending, tape)
  }
  return { lives: options.steps.length + 1, operations, trace: trace.value }
}

function filesOf(disk: Disk): string {
  const files = [...disk.names].map(([name, { size }]) => `${name} (${size} bytes)`)
  return files.length === 0 ? 'no file' : files.sort().join(', ')
}

/** Faults hide each other: a run in which most of them cannot happen goes further into the others. */
function switchedOn(faults: readonly FaultKind[], tape: Tape): readonly FaultKind[] {
  return faults.filter(() => tape.draw(2, 'work') === 1)
}

/** What a process leaves if only it ended, and the machine did not. */
export function after<L extends Ledger>(life: Life<L>): State<L> {
  return {
    disk: life.simulated.disk.clone(),
    ledger: life.ledger,
    lives: life.life,
    isBetrayed: life.isBetrayed,
    hasDecayed: life.hasDecayed,
  }
}

/** What happens between two processes: nothing, a loss of power, or a disk that loses what it had. */
function between<T, L extends Ledger>(
  system: System<T, L>,
  setup: Setup,
  state: State<L>,
  ending: Ending,
  tape: Tape,
): State<L> {
  const { note, probe, profile, faults } = setup
  if (tape.draw(2, 'crash') === 1) {
    const { disk, notes } = losePower(state.disk, profile.survival, tape)
    probe('crash.power')
    note?.(['THE POWER GOES', ...notes, `left: ${filesOf(disk)}`].join('\n    '))
    state.ledger.losePower()
    return { ...state, disk }
  }
  note?.(`the process has ended (${ending}); what it wrote can be read`)
  probe(`ending.${ending}`)
  const decayed = ending === 'shut-down' ? decay(state.disk, faults, tape) : undefined
  if (decayed === undefined) return state
  const { fault, name, from, to } = decayed.decay
  probe(`fault.${fault}`)
  note?.(`THE DISK DECAYS: ${fault} ${name}, bytes ${from} to ${to}`)
  system.decayed?.(decayed.decay, state.ledger)
  return { ...state, disk: decayed.disk, hasDecayed: true }
}
