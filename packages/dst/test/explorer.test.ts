import type { Procedure, Runtime } from '@varve/storage'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  Counterexample,
  Explorer,
  play,
  replayed,
  runAwaiting,
  runSynchronously,
  Tape,
  Violation,
  type System,
  type World,
  type Explored,
  type ExploreOptions,
} from '../src/index.ts'
import { journal, type CountLedger, type Journal, type Mistake } from './support/journal.ts'
import { setup, type Observed } from './support/setups.ts'

interface Outcome extends Observed {
  readonly explored: Explored
  readonly counterexample: Counterexample | undefined
}

function explore(mistake?: Mistake, options: Partial<ExploreOptions> = {}): Outcome {
  const observed = setup({ steps: [3], ...options })
  const explorer = new Explorer(journal(mistake), { outcomesMax: [64, 64, 64], ...observed, ...options })
  try {
    return { ...observed, explored: runSynchronously(explorer.explore()), counterexample: undefined }
  } catch (error) {
    if (!(error instanceof Counterexample)) throw error
    return { ...observed, explored: explorer.explored, counterexample: error }
  }
}

function replays(mistake: Mistake | undefined, tape: readonly number[], options: Partial<ExploreOptions>): string {
  try {
    runSynchronously(play(journal(mistake), new Tape(replayed(tape)), setup({ steps: [3], ...options })))
    return 'held'
  } catch (error) {
    if (error instanceof Violation) return error.message
    throw error
  }
}

describe('an exhaustive exploration', () => {
  it('finds nothing wrong with what is right, and comes to its end', () => {
    const { counterexample, explored, probes } = explore(undefined, { steps: [2, 1] })
    expect(counterexample).toBeUndefined()
    expect(explored).toMatchObject({ isComplete: true, sampled: 0 })
    expect(explored.states).toBeGreaterThan(30)
    expect(explored.looked).toBeGreaterThan(explored.states)
    expect([...probes.keys()].sort()).toEqual(['empty', 'full'])
  })

  it.each<[Mistake, Partial<ExploreOptions>]>([
    ['acknowledges without a sync', {}],
    ['does not sync names', {}],
    ['shows what it has not synced', { steps: [2, 0] }],
    ['tries a failed sync again', { faults: ['sync-fails-clean'], faultsMax: [1] }],
    ['throws something else', {}],
    ['says corrupt for no reason', {}],
  ])('finds a journal that %s, and its tape plays it again', (mistake, options) => {
    const { counterexample } = explore(mistake, options)
    expect(counterexample).toBeInstanceOf(Counterexample)
    expect(replays(mistake, counterexample?.tape ?? [], options)).toBe(counterexample?.message)
    expect(counterexample?.violation).toBeInstanceOf(Violation)
  })

  it('needs a second crash for what a recovery shows too early, and none of its own faults', () => {
    expect(explore('shows what it has not synced', { steps: [2] }).counterexample).toBeUndefined()
  })

  it('needs a failing sync for one that is tried again', () => {
    expect(explore('tries a failed sync again', { steps: [2, 1] }).counterexample).toBeUndefined()
  })

  it('finds files that are left open when an operation fails', () => {
    const { counterexample } = explore('leaves files open', { faults: ['io'], faultsMax: [1] })
    expect(counterexample?.message).toBe('giving up leaves journal open')
  })

  it('asks a system that cannot be given up for nothing, and tells it what disk it lives on', () => {
    const inner = journal()
    const system: System<Journal, CountLedger> = {
      ...inner,
      open(world, ledger) {
        if (world.profile.name !== 'strict-posix') throw new RangeError(world.profile.name)
        return inner.open(world, ledger)
      },
    }
    delete system.abandon
    const options = { ...setup({ steps: [2], faults: ['io'] }), outcomesMax: [8], faultsMax: [1] }
    const explorer = new Explorer(system, options)
    expect(runSynchronously(explorer.explore()).isComplete).toBe(true)
  })

  it('does not go on behind an error that a system throws while it is given up', () => {
    const system = { ...journal(), abandon: () => { throw new RangeError('mine') } }
    const options = { ...setup({ steps: [2], faults: ['io'] }), outcomesMax: [8], faultsMax: [1] }
    const explorer = new Explorer(system, options)
    expect(() => runSynchronously(explorer.explore())).toThrow(RangeError)
  })

  it('leaves out on its tapes what a disk might have lost, as a run would draw it', () => {
    const options = { steps: [2, 1], faults: ['bit-flip'] as const }
    const { counterexample } = explore('shows what it has not synced', { ...options, steps: [2, 0] })
    expect(replays('shows what it has not synced', counterexample?.tape ?? [], { ...options, steps: [2, 0] })).toBe(
      counterexample?.message,
    )
  })

  it('lets a process that only recovers choose as well: the least eventful', () => {
    const chosen: number[] = []
    const system = { ...journal(), check: (_instance: unknown, world: World) => { chosen.push(world.choose(3)) } }
    runSynchronously(new Explorer(system, { ...setup({ steps: [0] }), outcomesMax: [4] }).explore())
    expect(new Set(chosen)).toEqual(new Set([0, 1, 2]))
  })

  it('tries every order of what two calls do at once', async () => {
    const orders = new Set<string>()
    const system = {
      ...journal(),
      async workload(_instance: unknown, { runtime, stepsMax }: World) {
        if (stepsMax === 0) return
        const order: string[] = []
        const run = async (name: string): Promise<void> => {
          await runtime.run(twice(runtime, () => { order.push(name) }))
        }
        await Promise.all([run('a'), run('b')])
        orders.add(order.join(''))
      },
    }
    const explorer = new Explorer(system, { ...setup({ steps: [1], scheduled: true }), outcomesMax: [2] })
    await runAwaiting(explorer.explore())
    expect([...orders].sort()).toEqual(['aabb', 'abab', 'abba', 'baab', 'baba', 'bbaa'])
    function* twice(runtime: Runtime, act: () => void): Procedure<void> {
      act()
      yield* runtime.turn()
      act()
    }
  })

  it('says that it only sampled when there were more outcomes than it may look at', () => {
    expect(explore(undefined, { outcomesMax: [2] }).explored.sampled).toBeGreaterThan(0)
    expect(explore(undefined, { outcomesMax: [] }).explored.sampled).toBeGreaterThan(0)
  })

  it('ends early when it is told to, and says so', () => {
    const { explored } = explore(undefined, { steps: [4, 2], goesOn: () => false })
    expect(explored.isComplete).toBe(false)
    expect(explored.looked).toBeLessThan(1000)
  })

  it('refuses to run what is asynchronous without a schedule', () => {
    const system = { ...journal(), open: () => Promise.reject(new Error('later')) }
    const explorer = new Explorer(system, { ...setup(), outcomesMax: [1] })
    expect(() => runSynchronously(explorer.explore())).toThrow(/simulate it with `scheduled: true`/)
  })

  it('visits the same states whichever way it is driven', async () => {
    const scheduled = new Explorer(journal(), {
      ...setup({ steps: [1], scheduled: true }),
      outcomesMax: [64],
      bounds: { schedule: 1 },
    })
    const explored = await runAwaiting(scheduled.explore())
    expect(explored.isComplete).toBe(true)
    expect(explored.states).toBeGreaterThan(5)
  })

  it('names every state by a tape that leads there: two explorations of two systems fail at the same place', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), (nth) => {
        let checks = 0
        const failing = { ...journal(), check: () => { if (++checks > nth) throw new Violation('there') } }
        const explorer = new Explorer(failing, { ...setup({ steps: [2] }), outcomesMax: [64] })
        let tape: readonly number[] = []
        try {
          runSynchronously(explorer.explore())
        } catch (error) {
          tape = (error as Counterexample).tape
        }
        const again = setup({ steps: [2] })
        runSynchronously(play(journal(), new Tape(replayed(tape)), again))
        return again.lines.length > 0
      }),
      { numRuns: 20 },
    )
  })
})
