import { openLog, openLogSync, openReplica, openReplicaSync } from '@varve/segments'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { copyCheckpointsSync, createCheckpointPublisher, createCheckpointPublisherSync } from '../src/index.ts'
import { copyTo, follow, promoted, step } from './support/copies.ts'
import { bytes, failure, geometry, named } from './support/programs.ts'
import { TracedStorage } from './support/traced-storage.ts'

describe('checkpoints that are copied to a replica', () => {
  it('are what its promotion recovers from, where a stream alone leaves it without a beginning', async () => {
    const [source, target] = [new TracedStorage({ isAsync: true }), new TracedStorage({ isAsync: true })]
    const log = await openLog({ ...geometry, storage: source.storage })
    for (let round = 0; round < 4; round += 1) await step(log)
    await log.append(new Uint8Array(10))
    await follow(log, target.storage)
    const without = memoryStorage({ snapshot: target.snapshot() })
    expect((await failure('CORRUPT', () => promoted(without))).context.row).toBe('checkpoint.none-left')

    const names = [named(4), named(3)]
    const nothing = { pending: [], unusable: [], removed: [] }
    expect(await copyTo(log, target.storage)).toEqual({ copied: names, present: names, ...nothing })
    expect(await copyTo(log, target.storage)).toEqual({ copied: [], present: names, ...nothing })
    for (const name of names) expect(target.snapshot().files.get(name)).toEqual(source.snapshot().files.get(name))
    expect(await promoted(target.storage)).toMatchObject({ state: 'state 4, 5', damaged: [], orphans: [] })
    await log.close()
  })

  it('wait until the records before them are in the copy', async () => {
    const target = new TracedStorage({ isAsync: true })
    const log = await openLog({ ...geometry, storage: memoryStorage() })
    await step(log)
    await follow(log, target.storage)
    await step(log)
    expect(await copyTo(log, target.storage)).toMatchObject({ copied: [named(1)], pending: [named(2)] })
    expect(target.checkpointFiles).toEqual([named(1)])
    expect(await promoted(memoryStorage({ snapshot: target.snapshot() }))).toMatchObject({ state: 'state 1' })
    await follow(log, target.storage)
    expect(await copyTo(log, target.storage)).toMatchObject({ copied: [named(2)], pending: [] })
    await log.close()
  })

  it('are not put where nothing has come yet, so that a replica can begin there', async () => {
    const target = memoryStorage()
    const log = await openLog({ ...geometry, storage: memoryStorage() })
    await createCheckpointPublisher(log).publish(bytes('empty'))
    expect(await copyTo(log, target)).toMatchObject({ copied: [], present: [] })
    const replica = await openReplica({ storage: target })
    await replica.close()
    await log.close()
  })

  it('get their names when they are durable, and are gone there when nobody lists them any more', async () => {
    const target = new TracedStorage({ isAsync: true })
    const log = await openLog({ ...geometry, storage: memoryStorage() })
    for (let round = 1; round <= 3; round += 1) {
      await step(log, 1)
      await follow(log, target.storage)
      target.lines.length = 0
      const removed = round === 1 ? [] : [named(round - 1)]
      expect(await copyTo(log, target.storage)).toMatchObject({ copied: [named(round)], removed })
      const changes = target.lines.filter((line) => /^(create|write|sync|rename|remove)/.test(line))
      expect([...new Set(changes)]).toEqual([
        `create ${named(round)}.new`,
        `write ${named(round)}.new`,
        `sync ${named(round)}.new`,
        `rename ${named(round)}.new to ${named(round)}`,
        'syncNames',
        ...removed.map((name) => `remove ${name}`),
      ])
      expect(target.checkpointFiles).toEqual([named(round)])
      expect(target.open).toEqual([])
    }
    await log.close()
  })

  it('stay while the list of the copy still names them', async () => {
    const target = new TracedStorage({ isAsync: true })
    const log = await openLog({ ...geometry, storage: memoryStorage() })
    await step(log, 1)
    await follow(log, target.storage)
    await copyTo(log, target.storage)
    await step(log, 1)
    expect(await copyTo(log, target.storage)).toMatchObject({ present: [], pending: [named(2)], removed: [] })
    expect(await promoted(target.storage)).toMatchObject({ state: 'state 1' })
    await log.close()
  })
})

describe('copying checkpoints', () => {
  it('leaves what the list that comes next may name, and copies nothing that the copy is past', async () => {
    const [source, target] = [new TracedStorage({ isAsync: true }), new TracedStorage({ isAsync: true })]
    const log = await openLog({ ...geometry, storage: source.storage })
    await step(log, 1)
    const earlier = await openLog({ storage: memoryStorage({ snapshot: source.snapshot() }), readOnly: true })
    await log.append(bytes('two'))
    await follow(log, target.storage)
    await createCheckpointPublisher(log, { keep: 1 }).publish(bytes('two'))
    expect(await copyTo(log, target.storage)).toMatchObject({ copied: [named(2)], removed: [] })
    await step(log, 1)
    expect(await copyTo(log, target.storage)).toMatchObject({ pending: [named(3)], removed: [] })
    expect(target.checkpointFiles).toEqual([named(2)])
    await follow(log, target.storage)
    expect(await copyTo(earlier, target.storage)).toMatchObject({ copied: [], removed: [named(2)] })
    await log.close()
  })

  it('may fail or die at any operation: the copy recovers, and the next call does what is left', async () => {
    const source = new TracedStorage({ isAsync: true })
    const log = await openLog({ ...geometry, storage: source.storage })
    const base = new TracedStorage({ isAsync: true })
    for (let round = 0; round < 3; round += 1) {
      await step(log)
      await follow(log, base.storage)
      if (round < 2) await copyTo(log, base.storage)
    }
    let isDone = false
    for (let at = 0; !isDone; at += 1) {
      const target = new TracedStorage({ isAsync: true, snapshot: base.snapshot() })
      target.failOn(/^(create|write|sync|rename|remove)/, at)
      isDone = await copyTo(log, target.storage).then(() => true, () => false)
      expect(target.open).toEqual([])
      const dead = memoryStorage({ snapshot: target.snapshot() })
      expect(await promoted(dead)).toMatchObject({ state: expect.stringMatching(/^state (2, 3|3)$/) as string })
      target.before = () => {}
      expect(await copyTo(log, target.storage)).toMatchObject({ present: [named(3), named(2)] })
      expect(target.checkpointFiles).toEqual([named(2), named(3)])
      expect(await promoted(target.storage)).toMatchObject({ state: 'state 3', damaged: [] })
      if (isDone) expect(at).toBeGreaterThan(5)
    }
    await log.close()
  })

  it('removes what a call that died has left', async () => {
    const target = memoryStorage()
    const log = await openLog({ ...geometry, storage: memoryStorage() })
    await step(log)
    await follow(log, target)
    await (await target.open(`${named(1)}.new`, 'create')).close()
    expect(await copyTo(log, target)).toMatchObject({ copied: [named(1)], removed: [`${named(1)}.new`] })
    await log.close()
  })

  it('copies nothing that is damaged or missing, says so, and makes good what is damaged in the copy', async () => {
    const source = new TracedStorage({ isAsync: true })
    const log = await openLog({ ...geometry, storage: source.storage })
    await step(log)
    await step(log)
    const target = memoryStorage()
    await follow(log, target)
    await copyTo(log, target)
    const { files, generation } = target.snapshot()
    const spoilt = (name: string): TracedStorage => {
      const damaged = new Map(files).set(name, bytes('damaged'))
      return new TracedStorage({ isAsync: true, snapshot: { files: damaged, generation } })
    }
    const healed = spoilt(named(2))
    expect(await copyTo(log, healed.storage)).toMatchObject({ copied: [named(2)], unusable: [] })

    source.count = (read, name) => (name === named(2) ? 0 : read)
    const unchanged = spoilt(named(2))
    await failure('SHORT_READ', () => copyTo(log, unchanged.storage))
    expect(unchanged.checkpointFiles).toEqual([named(1), named(2)])
    source.count = (read) => read
    source.vanish(named(2))
    const missing = { sequence: 2, name: named(2), code: 'NOT_FOUND' }
    const copy = spoilt(named(2))
    expect(await copyTo(log, copy.storage)).toMatchObject({ present: [named(1)], unusable: [missing] })
    const file = await source.storage.open(named(2), 'create')
    await file.write(bytes('neither'), 0)
    await file.close()
    const damaged = { ...missing, code: 'CORRUPT' }
    expect(await copyTo(log, copy.storage)).toMatchObject({ present: [named(1)], unusable: [damaged] })
    expect(copy.checkpointFiles.filter((name) => name.endsWith('.new'))).toEqual([])
    await log.close()
  })

  it('refuses a copy of another log, and one that was promoted and went its own way', async () => {
    const log = await openLog({ ...geometry, storage: memoryStorage() })
    const other = await openLog({ ...geometry, storage: memoryStorage() })
    const target = memoryStorage()
    await other.append(bytes('other'))
    await follow(other, target)
    await failure('FOREIGN_FILE', () => copyTo(log, target))
    await other.append(bytes('behind'))
    await createCheckpointPublisher(other).publish(bytes('here'))
    await promoted(target)
    const fork = await openLog({ ...geometry, storage: target })
    await fork.append(bytes('behind'))
    await createCheckpointPublisher(fork).publish(bytes('there'))
    await fork.close()
    await failure('FOREIGN_FILE', () => copyTo(other, target))
    await log.close()
    await other.close()
  })

  it('refuses a log that is open for writing', () => {
    const log = openLogSync({ ...geometry, storage: memoryStorage() })
    expect(() => copyCheckpointsSync(log, log)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
    log.closeSync()
  })

  it('leaves a file of another log where it is', async () => {
    const target = new TracedStorage({ isAsync: true })
    const log = await openLog({ ...geometry, storage: memoryStorage() })
    const strange = new TracedStorage({ isAsync: true })
    const other = await openLog({ ...geometry, storage: strange.storage })
    await step(other)
    await other.close()
    await step(log, 1)
    await step(log, 1)
    await follow(log, target.storage)
    const foreign = await target.storage.open(named(1), 'create')
    await foreign.write(strange.snapshot().files.get(named(1)) as Uint8Array<ArrayBuffer>, 0)
    await foreign.close()
    await failure('FOREIGN_FILE', () => copyTo(log, target.storage))
    expect(target.checkpointFiles).toEqual([named(1)])
    await log.close()
  })

  it('keeps publishes of the log waiting, so that none removes what is being copied', async () => {
    const [source, target] = [new TracedStorage({ isAsync: true }), memoryStorage()]
    const log = await openLog({ ...geometry, storage: source.storage })
    await step(log, 1)
    await follow(log, target)
    source.before = async (line) => {
      if (!line.startsWith(`read ${named(1)}`)) return
      for (let turns = 0; turns < 50; turns += 1) await new Promise((resolve) => { setImmediate(resolve) })
    }
    const copying = copyTo(log, target)
    const publishing = step(log, 1)
    expect(await copying).toMatchObject({ copied: [named(1)], unusable: [] })
    expect(source.lines).not.toContain(`remove ${named(1)}`)
    await publishing
    expect(source.checkpointFiles).toEqual([named(2)])
    await log.close()
  })

  it('works without an event loop', () => {
    const target = memoryStorage()
    const log = openLogSync({ ...geometry, storage: memoryStorage() })
    log.appendSync(bytes('one'))
    createCheckpointPublisherSync(log).publishSync(bytes('state'))
    const replica = openReplicaSync({ storage: target })
    replica.receiveSync(log.streamSync())
    const copy = openLogSync({ storage: target, readOnly: true })
    expect(copyCheckpointsSync(log, copy)).toMatchObject({ copied: [named(1)], present: [named(1)] })
    copy.closeSync()
    replica.closeSync()
    log.closeSync()
  })
})
