import { LogLedger, simulate, Violation, type World } from '@varve/dst'
import { openLogSync, type SynchronousLog } from '@varve/segments'
import { describe, expect, it } from 'vitest'
import { createCheckpointPublisherSync, recoverSync, type KeptCheckpoint } from '../src/index.ts'
import { choose, floorFor, type Candidate } from '../src/publish.ts'
import { bytes, faces, geometry, named, type Program } from './support/programs.ts'
import { TracedStorage } from './support/traced-storage.ts'

function kept(...sequences: readonly number[]): KeptCheckpoint[] {
  return sequences.map((sequence) => ({ sequence, name: named(sequence), digest: { low: 0, high: 0 } }))
}

function whole(...sequences: readonly number[]): Candidate[] {
  return kept(...sequences).map((checkpoint) => ({ checkpoint, isWhole: true }))
}

function sequencesOf(candidates: readonly Candidate[]): number[] {
  return candidates.map(({ checkpoint }) => checkpoint.sequence)
}

describe('what is kept', () => {
  it('are the newest that are whole, with what could not be read between them', () => {
    const unread = whole(6).map((each) => ({ ...each, isWhole: false }))
    const all = [...whole(9), ...unread, ...whole(4, 2)]
    const chosen = (keep: number): number[] => sequencesOf(choose(all, keep, [], false))
    expect([chosen(1), chosen(2), chosen(3), chosen(4)]).toEqual([[9], [9, 6, 4], [9, 6, 4, 2], [9, 6, 4, 2]])
  })

  it('is one more where names are young: the newest of an earlier process', () => {
    const chosen = (keep: number, ...inherited: number[]): number[] => {
      return sequencesOf(choose(whole(9, 8, 5, 3), keep, kept(...inherited), true))
    }
    expect([chosen(1, 5, 3), chosen(2, 5, 3), chosen(3, 5, 3)]).toEqual([[9, 5], [9, 8, 5], [9, 8, 5]])
    expect([chosen(1), chosen(1, 9), chosen(1, 1)]).toEqual([[9], [9], [9]])
  })

  it('never exceeds what a list has room for', () => {
    const many = whole(...Array.from({ length: 33 }, (_, at) => 40 - at))
    expect(choose(many, 31, kept(8), true)).toHaveLength(31)
    expect(choose(many, 31, kept(8), true).at(-1)).toMatchObject({ checkpoint: { sequence: 8 } })
    const unread = many.map((each) => ({ ...each, isWhole: false }))
    expect(choose(unread, 1, [], false)).toHaveLength(31)
  })

  it('says how far the floor may rise: never for young names alone', () => {
    expect(floorFor(whole(9, 5), 2, [], false)).toBe(6)
    expect(floorFor(whole(9, 5), 2, kept(5), true)).toBe(6)
    expect(floorFor(whole(9, 5), 2, [], true)).toBeUndefined()
    expect(floorFor([], 1, [], false)).toBeUndefined()
  })

  it('gives no record up before there are as many whole ones as are kept', () => {
    const unread = whole(5).map((each) => ({ ...each, isWhole: false }))
    expect([1, 2, 3].map((keep) => floorFor(whole(9, 5), keep, [], false))).toEqual([6, 6, undefined])
    expect([1, 2].map((keep) => floorFor([...whole(9), ...unread], keep, [], false))).toEqual([6, undefined])
  })
})

describe.each(faces)('where names become durable by themselves, %s', (face, open) => {
  async function begin(disk: TracedStorage): Promise<Program> {
    return await open({ storage: disk.storage }, { keep: 1 })
  }

  it('nothing is given up for what this process has published', async () => {
    const isAsync = face === 'asynchronous'
    const first = new TracedStorage({ isAsync, names: 'eventual' })
    const program = await begin(first)
    for (let round = 1; round <= 3; round += 1) {
      await program.append(1, 2600)
      await program.publish(bytes(`state ${round}`))
    }
    // No checkpoint is older than this process, so everything can still be made from the records alone.
    expect(program.log.firstSequence).toBe(1)
    expect(first.checkpointFiles).toEqual([named(3)])
    await program.close()

    const second = new TracedStorage({ isAsync, names: 'eventual', snapshot: first.snapshot() })
    const next = await begin(second)
    for (let round = 4; round <= 6; round += 1) {
      await next.append(1, 2600)
      expect(await next.publish(bytes(`state ${round}`))).toMatchObject({ kept: [round, 3] })
      expect(second.checkpointFiles).toEqual([named(3), named(round)])
      expect(next.log.firstSequence).toBe(4)
    }
    await next.close()

    const files = new Map(second.snapshot().files)
    files.delete(named(6))
    const third = new TracedStorage({ isAsync, names: 'eventual', snapshot: { ...second.snapshot(), files } })
    const last = await begin(third)
    expect(await last.recover()).toMatchObject({ state: 'state 3', applied: [4, 5, 6], damaged: [{ sequence: 6 }] })
    await last.close()
  })

  it('what was written anew counts as young', async () => {
    const isAsync = face === 'asynchronous'
    const first = new TracedStorage({ isAsync, names: 'eventual' })
    const program = await begin(first)
    await program.append(1, 2600)
    await program.publish(bytes('one'))
    await program.close()
    const files = new Map(first.snapshot().files).set(named(1), bytes('damaged'))
    const second = new TracedStorage({ isAsync, names: 'eventual', snapshot: { ...first.snapshot(), files } })
    const next = await begin(second)
    expect(await next.publish(bytes('one'))).toMatchObject({ created: true, kept: [1] })
    expect(next.log.firstSequence).toBe(1)
    await next.close()
  })

  it('a checkpoint beyond the log proves nothing: its records may have gone with a young name', async () => {
    const isAsync = face === 'asynchronous'
    const first = new TracedStorage({ isAsync, names: 'eventual' })
    const program = await begin(first)
    await program.append(1)
    const before = first.snapshot()
    await program.append(1)
    await program.publish(bytes('two'))
    const files = new Map(before.files)
    files.set(named(2), first.snapshot().files.get(named(2)) as Uint8Array<ArrayBuffer>)
    const second = new TracedStorage({ isAsync, names: 'eventual', snapshot: { ...before, files } })
    const next = await begin(second)
    expect(await next.recover()).toMatchObject({ orphans: [named(2)], applied: [1] })
    await next.close()
  })
})

const quiet = { scheduled: false, faults: false, exploreSteps: [] } as const

/** A counter of records, published now and then, on a disk whose young names vanish. */
describe('on a simulated disk whose young names vanish', () => {
  it('a recovery begins with a checkpoint or with the first record, and comes to the right state', async () => {
    const { failure, probes, swarmed } = await simulate<SynchronousLog, LogLedger>(
      {
        ledger: (profile) => new LogLedger(profile),
        open: ({ storage, runtime }) => openLogSync({ ...geometry, storage, runtime }),
        check(log, world) {
          let count = 0
          const { checkpoint, damaged } = recoverSync(log, {
            restore: (state) => { count = Number(Buffer.concat([...state]).toString()) },
            apply: ({ sequence }) => {
              count += 1
              if (sequence !== count) throw new Violation(`record ${sequence} is the ${count}th`)
            },
          })
          if (count !== log.lastSequence) throw new Violation(`${count} records counted, of ${log.lastSequence}`)
          world.probe(checkpoint === undefined ? 'none' : damaged.length > 0 ? 'fallback' : 'newest')
          // A minute passes before anything is done, as if the page had been left open.
          world.settleNames()
        },
        workload: (log, world, ledger) => { work(log, world, ledger) },
        abandon: (log) => { log.closeSync() },
      },
      { ...quiet, profile: 'opfs-chromium', runs: 400, runSteps: [6, 6, 6, 6] },
    )
    expect(failure?.timeline.join('\n')).toBeUndefined()
    expect([...probes.keys()]).toEqual(expect.arrayContaining(['none', 'newest', 'fallback']))
    expect(swarmed?.lives).toBeGreaterThan(1000)
  })
})

function work(log: SynchronousLog, world: World, ledger: LogLedger): void {
  const publisher = createCheckpointPublisherSync(log, { keep: 1 })
  for (let left = world.stepsMax; left > 0; left -= 1) {
    if (world.choose(2) === 0) for (const payload of ledger.attempt([700])) log.appendSync(payload)
    else publisher.publishSync(bytes(String(log.lastSequence)))
  }
}
