import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { createCheckpointPublisher, createCheckpointPublisherSync } from '../src/index.ts'
import { bytes, faces, failure, geometry, named } from './support/programs.ts'
import { TracedStorage } from './support/traced-storage.ts'
import { openLog, openLogSync } from '@varve/segments'

describe.each(faces)('publish, %s', (face, open) => {
  const isAsync = face === 'asynchronous'

  it('keeps the two newest, and gives up what only older ones need', async () => {
    const disk = new TracedStorage({ isAsync })
    const program = await open({ storage: disk.storage })
    for (let round = 1; round <= 4; round += 1) {
      await program.append(1, 2600)
      const report = await program.publish(bytes(`state ${round}`))
      const kept = round === 1 ? [1] : [round, round - 1]
      expect(report).toMatchObject({ sequence: round, name: named(round), created: true, kept })
      expect(report.removed).toEqual(round <= 2 ? [] : [named(round - 2)])
      // As long as there is one only, the records stand in for the other.
      const floor = round
      expect(report.reclaimed.floor).toBe(floor)
      expect(disk.checkpointFiles).toEqual(kept.map(named).sort())
      expect(program.log.firstSequence).toBe(floor)
    }
    // Of three records that are below the floor or behind it, each in a segment of its own, one is left.
    expect(program.log.segments.map(({ firstSequence }) => firstSequence)).toEqual([4])
    expect(await program.recover()).toMatchObject({ state: 'state 4', applied: [], lastSequence: 4 })
    await program.close()
    expect(disk.open).toEqual([])
  })

  it.each([1, 3, 31])('keeps as many as it is told to: %i', async (keep) => {
    const disk = new TracedStorage({ isAsync })
    const program = await open({ storage: disk.storage, segmentBytes: 65_536 }, { keep })
    for (let round = 1; round <= keep + 2; round += 1) {
      await program.append(1)
      await program.publish(bytes(`${round}`))
    }
    expect(disk.checkpointFiles).toHaveLength(keep)
    expect(program.log.firstSequence).toBe(4)
    await program.close()
  })

  it.each([0, 32, 1.5, Number.NaN])('refuses to keep %d', async (keep) => {
    await failure('INVALID_ARGUMENT', () => open({ storage: memoryStorage() }, { keep }))
  })

  it('publishes nothing twice, and does not look at the state then', async () => {
    const disk = new TracedStorage({ isAsync })
    const program = await open({ storage: disk.storage })
    await program.append(2)
    await program.publish(bytes('two'))
    disk.lines.length = 0
    const state = { [Symbol.iterator]: (): Iterator<Uint8Array> => { throw new Error('it was looked at') } }
    expect(await program.publish(state)).toMatchObject({ sequence: 2, created: false, kept: [2], removed: [] })
    expect(disk.lines.filter((line) => /^(create|write|rename|remove)/.test(line))).toEqual([])
    await program.close()
  })

  it('completes what an earlier publish did not come to', async () => {
    const disk = new TracedStorage({ isAsync })
    const program = await open({ storage: disk.storage }, { keep: 1 })
    await program.append(1, 2600)
    await program.publish(bytes('one'))
    await program.append(1, 2600)
    disk.failOn(/^remove 0.*\.varve$/)
    await failure('IO', () => program.publish(bytes('two')))
    expect(disk.checkpointFiles).toEqual([named(1), named(2)])
    disk.before = () => {}
    const report = await program.publish(bytes('two'))
    expect(report).toMatchObject({ created: false, removed: [named(1)], kept: [2] })
    expect(report.reclaimed.removed).toHaveLength(1)
    await program.close()
  })

  it('takes a removal that was done and failed for done', async () => {
    const disk = new TracedStorage({ isAsync })
    const program = await open({ storage: disk.storage }, { keep: 1 })
    await program.append(1)
    await program.publish(bytes('one'))
    await program.append(1)
    disk.before = (line) => {
      if (line === `remove ${named(1)}`) disk.vanish(named(1))
    }
    expect(await program.publish(bytes('two'))).toMatchObject({ removed: [named(1)] })
    await program.close()
  })

  it('publishes an older state than the last, and none that is older than the newest', async () => {
    const program = await open({ storage: memoryStorage() })
    await program.append(5)
    expect(await program.publish(bytes('three'), { sequence: 3 })).toMatchObject({ sequence: 3, created: true })
    for (const sequence of [2, 6, -1, 1.5, Number.NaN]) {
      const error = await failure('INVALID_ARGUMENT', () => program.publish(bytes('no'), { sequence }))
      expect(error.context).toMatchObject({ least: 3, lastSequence: 5 })
    }
    expect(await program.recover()).toMatchObject({ state: 'three', applied: [4, 5] })
    await program.close()
  })

  it('publishes none whose records behind it were given up', async () => {
    const program = await open({ storage: memoryStorage() })
    await program.append(5)
    if ('archive' in program.log) await program.log.archive(4)
    else program.log.archiveSync(4)
    const error = await failure('INVALID_ARGUMENT', () => program.publish(bytes('no'), { sequence: 2 }))
    expect(error.context.least).toBe(3)
    expect(await program.publish(bytes('three'), { sequence: 3 })).toMatchObject({ sequence: 3 })
    await program.close()
  })

  it('publishes the state before the first record', async () => {
    const program = await open({ storage: memoryStorage() })
    expect(await program.publish(bytes('seed'))).toMatchObject({ sequence: 0, name: named(0), created: true })
    await program.append(2)
    expect(await program.recover()).toMatchObject({ state: 'seed', applied: [1, 2] })
    await program.close()
  })

  it.each(['text', 5, null, undefined, {}, () => new Uint8Array(1)])('refuses %o as a state', async (state) => {
    const disk = new TracedStorage({ isAsync })
    const program = await open({ storage: disk.storage })
    await failure('INVALID_ARGUMENT', () => program.publish(state as never))
    expect(disk.checkpointFiles).toEqual([])
    await program.close()
  })

  it('refuses a piece that is not bytes, and leaves nothing', async () => {
    const disk = new TracedStorage({ isAsync })
    const program = await open({ storage: disk.storage })
    await failure('INVALID_ARGUMENT', () => program.publish([bytes('one'), 'two'] as never))
    expect(disk.checkpointFiles).toEqual([])
    await program.close()
  })

  it('gives the error of a state to the caller as it is, and leaves nothing', async () => {
    const disk = new TracedStorage({ isAsync })
    const program = await open({ storage: disk.storage })
    await program.append(1)
    const own = new Error('the state cannot be had')
    function* state(): Generator<Uint8Array> {
      yield bytes('part of it')
      throw own
    }
    disk.lines.length = 0
    await expect(program.publish(state())).rejects.toBe(own)
    expect(disk.checkpointFiles).toEqual([])
    expect(disk.lines.filter((line) => line.includes('.varve'))).toEqual([])
    expect(program.log.checkpointList).toHaveLength(0)
    expect(await program.publish(bytes('whole'))).toMatchObject({ created: true })
    await program.close()
  })

  const calls: readonly [RegExp, number][] = [
    [/^create .*new$/, 0],
    [/^write .*new$/, 0],
    [/^write .*new$/, 1],
    [/^sync .*new$/, 0],
    [/^rename /, 0],
  ]
  it.each(calls)(
    'leaves nothing when %s fails, but for the first %i, tells the state, and can be called again',
    async (match, passing) => {
      const disk = new TracedStorage({ isAsync })
      const program = await open({ storage: disk.storage })
      await program.append(1)
      const told: string[] = []
      function* state(): Generator<Uint8Array> {
        told.push('begun')
        try {
          yield new Uint8Array(70_000)
          yield new Uint8Array(70_000)
        } finally {
          told.push('ended')
        }
      }
      disk.failOn(match, passing)
      await failure('IO', () => program.publish(state()))
      expect(disk.checkpointFiles).toEqual([])
      expect(disk.open.filter((name) => name.includes('checkpoint'))).toEqual([])
      const hasBegun = passing > 0 || /sync|rename/.test(String(match))
      expect(told).toEqual(hasBegun ? ['begun', 'ended'] : [])
      disk.before = () => {}
      expect(await program.publish(bytes('again'))).toMatchObject({ created: true, removed: [] })
      await program.close()
    },
  )

  it('is not kept from saying what failed by a state or a storage that fails again', async () => {
    const disk = new TracedStorage({ isAsync })
    const program = await open({ storage: disk.storage })
    const state = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: new Uint8Array(70_000) }),
        return: () => { throw new Error('and this, too') },
      }),
    }
    disk.failOn(/^(write|remove) .*new$/, 1)
    expect((await failure('IO', () => program.publish(state as never))).message).toContain('write')
    expect(disk.checkpointFiles).toEqual([`${named(0)}.new`])
    disk.before = () => {}
    expect(await program.publish(bytes('whole'))).toMatchObject({ removed: [`${named(0)}.new`] })
    await program.close()
  })

  it('is refused by a log that was closed, or opened for reading, or has failed', async () => {
    const disk = new TracedStorage({ isAsync })
    const program = await open({ storage: disk.storage })
    await program.append(1)
    await program.close()
    await failure('CLOSED', () => program.publish(bytes('no')))
    const reader = await open({ storage: disk.storage, readOnly: true })
    await failure('READ_ONLY', () => reader.publish(bytes('no')))
    const failing = await open({ storage: disk.storage })
    disk.failOn(/^sync .*varve$/)
    await expect(failing.append(1)).rejects.toThrow()
    await failure('POISONED', () => failing.publish(bytes('no')))
    expect(disk.checkpointFiles).toEqual([])
  })

  it('leaves an orphan at most when the log fails behind the name, and the next process removes it', async () => {
    const disk = new TracedStorage({ isAsync })
    const program = await open({ storage: disk.storage })
    await program.append(1)
    disk.failOn(/^write .*: checkpoint/)
    await failure('POISONED', () => program.publish(bytes('lost')))
    expect(disk.checkpointFiles).toEqual([named(1)])
    const next = await open({ storage: memoryStorage({ snapshot: disk.snapshot() }) })
    expect(await next.recover()).toMatchObject({ checkpoint: undefined, orphans: [named(1)], applied: [1] })
    await next.close()
  })

  it('gives no older checkpoint up for one that could not be read this time', async () => {
    const first = new TracedStorage({ isAsync })
    const before = await open({ storage: first.storage })
    await before.append(1)
    await before.publish(bytes('one'))
    await before.append(1)
    await before.publish(bytes('two'))
    await before.close()

    const disk = new TracedStorage({ isAsync, snapshot: first.snapshot() })
    const program = await open({ storage: disk.storage })
    disk.failOn(new RegExp(`^read ${named(2)}`))
    // It is written anew where it is the one that is published, and listed once.
    expect(await program.publish(bytes('two'))).toMatchObject({ created: true, kept: [2, 1] })
    await program.close()

    const again = new TracedStorage({ isAsync, snapshot: first.snapshot() })
    const next = await open({ storage: again.storage })
    await next.append(1)
    again.failOn(new RegExp(`^read ${named(2)}`))
    expect(await next.publish(bytes('three'))).toMatchObject({ kept: [3, 2, 1], removed: [] })
    again.before = () => {}
    await next.append(1)
    expect(await next.publish(bytes('four'))).toMatchObject({ kept: [4, 3], removed: [named(1), named(2)] })
    await next.close()
  })

  it('does not count one that is damaged, and rids the disk of it', async () => {
    const first = new TracedStorage({ isAsync })
    const before = await open({ storage: first.storage })
    await before.publish(bytes('zero'))
    await before.append(1)
    await before.publish(bytes('one'))
    await before.close()
    const { files, generation } = first.snapshot()
    const damaged = new Map(files).set(named(1), bytes('damaged'))
    const disk = new TracedStorage({ isAsync, snapshot: { files: damaged, generation } })
    const program = await open({ storage: disk.storage })
    await program.append(1)
    expect(await program.publish(bytes('two'))).toMatchObject({ kept: [2, 0], removed: [named(1)] })
    expect(program.log.firstSequence).toBe(1)
    await program.close()
  })

  it('refuses a list that it did not write', async () => {
    const disk = new TracedStorage({ isAsync })
    const program = await open({ storage: disk.storage })
    const record = async (list: Uint8Array): Promise<void> => {
      if ('recordCheckpoints' in program.log) await program.log.recordCheckpoints(list)
      else program.log.recordCheckpointsSync(list)
    }
    await program.publish(bytes('one'))
    await record(Uint8Array.of(2, 0, 0))
    await failure('UNSUPPORTED_FORMAT', () => program.publish(bytes('two')))
    await record(Uint8Array.of(1, 1))
    await failure('CORRUPT', () => program.publish(bytes('two')))
    await failure('CORRUPT', () => program.recover())
    await program.close()
  })
})

describe('a publisher', () => {
  it('takes states that come in their own time', async () => {
    const log = await openLog({ ...geometry, storage: memoryStorage() })
    const publisher = createCheckpointPublisher(log)
    async function* state(): AsyncGenerator<Uint8Array> {
      for (const piece of ['a', 'b', 'c']) {
        await new Promise((resolve) => { setImmediate(resolve) })
        yield bytes(piece)
      }
    }
    expect(await publisher.publish(state())).toMatchObject({ created: true })
    expect(publisher.list()).toMatchObject([{ sequence: 0, name: named(0) }])
    await log.close()
  })

  it('that is synchronous refuses those', async () => {
    const log = openLogSync({ ...geometry, storage: memoryStorage() })
    const publisher = createCheckpointPublisherSync(log)
    async function* state(): AsyncGenerator<Uint8Array> { yield bytes('a') }
    await failure('INVALID_ARGUMENT', () => publisher.publishSync(state() as never))
    expect(publisher.list()).toEqual([])
    log.closeSync()
  })

  it('publishes one state at a time, in the order of the calls, whoever calls', async () => {
    const disk = new TracedStorage({ isAsync: true })
    const log = await openLog({ ...geometry, storage: disk.storage })
    const publishers = [1, 2].map(() => createCheckpointPublisher(log, { keep: 3 }))
    const done: Promise<unknown>[] = []
    for (let n = 0; n < 3; n += 1) {
      log.enqueue(bytes('record'))
      done.push((publishers[n % 2] as (typeof publishers)[number]).publish(bytes(`state ${n}`)))
    }
    const reports = await Promise.all(done)
    expect(reports).toMatchObject([{ kept: [1] }, { kept: [2, 1] }, { kept: [3, 2, 1] }])
    const renames = disk.lines.filter((line) => /^(create|rename) .*new/.test(line)).map((line) => line.split(' ')[0])
    expect(renames).toEqual(['create', 'rename', 'create', 'rename', 'create', 'rename'])
    await log.close()
  })

  it('goes on with the next state when one has failed', async () => {
    const log = await openLog({ ...geometry, storage: memoryStorage() })
    const publisher = createCheckpointPublisher(log)
    function* state(): Generator<Uint8Array> { throw new Error('no') }
    const [first, second] = await Promise.allSettled([publisher.publish(state()), publisher.publish(bytes('yes'))])
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled'])
    await log.close()
  })

  it('that is synchronous refuses to publish from within a state, and can publish afterwards', async () => {
    const log = openLogSync({ ...geometry, storage: memoryStorage() })
    const publisher = createCheckpointPublisherSync(log)
    function* state(): Generator<Uint8Array> {
      publisher.publishSync(bytes('within'))
      yield bytes('never')
    }
    await failure('UNSUPPORTED', () => publisher.publishSync(state()))
    expect(publisher.publishSync(bytes('after'))).toMatchObject({ created: true })
    log.closeSync()
  })
})
