import { faultProfiles, Violation, type Choices, type Ledger, type System, type World } from '@varve/dst'
import { asynchronousRuntime, synchronousRuntime, type LogStorage, type Runtime } from '@varve/storage'
import type { Adapter } from './adapters.ts'

/** A process on a real adapter, with a real clock and real chance: what happens can be repeated, when cannot. */
class RealWorld implements World {
  readonly profile = faultProfiles['strict-posix']
  readonly isBetrayed = false
  readonly hasDecayed = false
  readonly storage: LogStorage
  readonly runtime: Runtime
  readonly life: number
  readonly stepsMax: number
  readonly #choices: Choices
  readonly #probe: (name: string) => void

  constructor(
    adapter: Adapter,
    process: { readonly storage: LogStorage; readonly life: number; readonly stepsMax: number },
    choices: Choices,
    probe: (name: string) => void,
  ) {
    this.storage = process.storage
    this.life = process.life
    this.stepsMax = process.stepsMax
    this.runtime = adapter.isSynchronous ? synchronousRuntime() : asynchronousRuntime()
    this.#choices = choices
    this.#probe = probe
  }

  choose(ways: number): number {
    return this.#choices.draw(ways, 'work')
  }

  probe(name: string): void {
    this.#probe(name)
  }

  note(): void {}
  shutDown(): void {}
  settleNames(): void {}
}

/** One process for each number of steps, each killed as it is, on one real adapter. @throws Violation */
export async function runAdapter<T, L extends Ledger>(
  adapter: Adapter,
  system: System<T, L>,
  steps: readonly number[],
  choices: Choices,
  probe: (name: string) => void,
): Promise<void> {
  let ledger = system.ledger(faultProfiles['strict-posix'])
  const run = adapter.begin()
  try {
    for (const [at, stepsMax] of [...steps, 0].entries()) {
      const world = new RealWorld(adapter, { storage: run.storage, life: at + 1, stepsMax }, choices, probe)
      const instance = await system.open(world, ledger)
      await system.check(instance, world, ledger)
      await system.workload(instance, world, ledger)
      run.kill()
      // What the dead one still hears of and shows is nobody's concern.
      ledger = ledger.clone()
      // It is dead to the rest of the run; this only stops its timers and closes its files.
      await system.abandon?.(instance)
    }
  } catch (error) {
    if (error instanceof Violation) throw error
    const what = error instanceof Error ? error.message : String(error)
    throw new Violation(`nothing went wrong on ${adapter.name}, and yet: ${what}`, { cause: error })
  } finally {
    run.end()
  }
}
