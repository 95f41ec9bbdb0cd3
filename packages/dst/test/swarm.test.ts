import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import {
  Counterexample,
  faultKinds,
  faultProfiles,
  play,
  replayed,
  runAwaiting,
  runSynchronously,
  shrinkTape,
  swarm,
  Tape,
  tapeToText,
  Violation,
  type FaultKind,
  type PlayOptions,
  type ProfileName,
  type System,
} from '../src/index.ts'
import { Standstill } from '../src/run/drive.ts'
import { journal, type CountLedger, type Journal, type Mistake } from './support/journal.ts'
import { setup } from './support/setups.ts'

const early = journal('acknowledges without a sync')
const profileNames = Object.keys(faultProfiles) as ProfileName[]

function failureOf(mistake: Mistake | undefined, options: PlayOptions, runs = 300): Counterexample {
  try {
    runSynchronously(swarm(journal(mistake), { ...options, seed: 1, runs }))
  } catch (error) {
    if (error instanceof Counterexample) return error
    throw error
  }
  throw new Error('nothing was found')
}

/** A journal that makes something else of every error of its workload. */
function catching(react: (error: unknown) => void): System<Journal, CountLedger> {
  const system = journal()
  return {
    ...system,
    workload(instance, world, ledger) {
      try {
        void system.workload(instance, world, ledger)
      } catch (error) {
        react(error)
      }
    },
  }
}

describe('a swarm of runs', () => {
  it.each(profileNames)('reaches the faults of the profile %s', async (profileName) => {
    const { faults } = faultProfiles[profileName]
    // This journal is no match for a disk whose syncs fail or that loses what it had.
    const deadly: readonly FaultKind[] = ['sync-fails-clean', 'short-read', 'wrong-count']
    const survivable = faults.filter((fault) => !deadly.includes(fault))
    const options = setup({ profileName, faults: survivable, swarming: true, scheduled: true, steps: [4, 3, 2] })
    const system = { ...journal('reads anything'), check: () => undefined }
    const swarmed = await runAwaiting(swarm(system, { ...options, seed: 5, runs: 600 }))
    expect(swarmed).toMatchObject({ runs: 600, lives: 2400, repeated: 38 })
    expect(survivable.filter((fault) => !options.probes.has(`fault.${fault}`))).toEqual([])
  })

  it('has a profile for every kind of fault', () => {
    const known = new Set(Object.values(faultProfiles).flatMap(({ faults }) => faults))
    expect(faultKinds.filter((kind) => !known.has(kind))).toEqual([])
  })

  it('finds a mistake, and the tape alone plays it again', () => {
    const options = setup({ steps: [4, 4] })
    const { tape, message } = failureOf('acknowledges without a sync', options)
    const again = (): unknown => runSynchronously(play(early, new Tape(replayed(tape)), options))
    expect(again).toThrow(message)
  })

  it('ends when it is told to', () => {
    const goesOn = vi.fn<() => boolean>().mockReturnValueOnce(true).mockReturnValue(false)
    expect(runSynchronously(swarm(journal(), { ...setup(), seed: 1, goesOn, repeatEvery: 0 }))).toMatchObject({
      runs: 1,
      repeated: 0,
    })
  })

  it('notices a system that does something else the second time', () => {
    let opened = 0
    const fickle = { ...journal(), workload: (_journal: unknown, world: { choose(ways: number): number }) => {
      opened += 1
      world.choose(2 + (opened % 7))
    } }
    expect(() => runSynchronously(swarm(fickle, { ...setup(), seed: 1, runs: 4, repeatEvery: 1 }))).toThrow(
      'the same tape did something else the second time',
    )
  })

  it('passes on what is no broken promise', () => {
    const broken = { ...journal(), ledger: () => { throw new RangeError('mine') } }
    expect(() => runSynchronously(swarm(broken, { ...setup(), seed: 1, runs: 1 }))).toThrow(RangeError)
  })

  it('takes a process for dead that goes on as if it were not', () => {
    const stubborn = catching(() => undefined)
    const options = setup({ steps: [4, 4] })
    expect(runSynchronously(swarm(stubborn, { ...options, seed: 1, runs: 60 })).runs).toBe(60)
    expect(options.probes.get('ending.crashed')).toBeGreaterThan(0)
  })

  it('wants an error that says what went wrong, even where something did', () => {
    const options = setup({ steps: [4, 4], faults: ['io'] })
    const system = catching(() => { throw new TypeError('odd') })
    expect(() => runSynchronously(swarm(system, { ...options, seed: 1, runs: 500 }))).toThrow(/TypeError: odd/)
  })

  it('says that nothing can happen any more when a system waits for what never comes', async () => {
    const options = setup({ scheduled: true })
    const waiting = swarm(journal('waits for ever'), { ...options, seed: 1, runs: 40 })
    await expect(runAwaiting(waiting)).rejects.toThrow(Standstill)
  })
})

describe('a failing tape', () => {
  it('is shrunk to the choices that matter', async () => {
    const options = setup({ steps: [4, 4, 4] })
    const found = failureOf('acknowledges without a sync', options)
    const fails = (tape: readonly number[]): Promise<boolean> => {
      try {
        runSynchronously(play(early, new Tape(replayed(tape)), setup({ steps: [4, 4, 4] })))
      } catch (error) {
        return Promise.resolve(error instanceof Violation)
      }
      return Promise.resolve(false)
    }
    const shrunk = await shrinkTape(fc, found.tape, { fails })
    expect(await fails(shrunk)).toBe(true)
    // An append and a loss of power: nothing else is needed.
    expect(shrunk.filter((choice) => choice !== 0).length).toBeLessThanOrEqual(2)
    expect(tapeToText(shrunk).length).toBeLessThan(tapeToText(found.tape).length)
  })

  it('is left as it is when there is no time', async () => {
    const tape = [1, 2, 3]
    expect(await shrinkTape(fc, tape, { fails: () => Promise.resolve(true), triesMax: 0 })).toBe(tape)
  })

  it('has a timeline that says what happened and what was lost', () => {
    const options = setup({ steps: [4, 4] })
    const { tape } = failureOf('acknowledges without a sync', options)
    const { lines, ...again } = setup({ steps: [4, 4] })
    expect(() => runSynchronously(play(early, new Tape(replayed(tape)), again))).toThrow()
    const text = lines.join('\n')
    expect(text).toMatch(/process 1 starts/)
    expect(text).toMatch(/write journal \[0, 1\)/)
    expect(text).toMatch(/THE POWER GOES\n {4}/)
    expect(text).toMatch(/left: (no file|journal \(\d+ bytes\))/)
  })
})
