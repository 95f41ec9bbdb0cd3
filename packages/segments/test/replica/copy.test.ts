import { describe, expect, it } from 'vitest'
import { openLogSync, openReplicaSync, promoteReplicaSync } from '../../src/index.ts'
import { payload, readAllSync } from '../support/log-records.ts'
import { chunksOf, fillSync, filesIn, replicate, small, storageOf } from '../support/replica-pair.ts'

describe('a replica', () => {
  it('has the files of its source, byte for byte', () => {
    const source = storageOf()
    const target = storageOf()
    fillSync(source, 1, 40)
    replicate(source, target)
    expect(filesIn(target.snapshot())).toEqual(filesIn(source.snapshot()))
    expect(Object.keys(filesIn(target.snapshot())).length).toBeGreaterThan(3)
  })

  it('goes on where it ended, piece by piece', () => {
    const source = storageOf()
    const target = storageOf()
    for (let round = 0; round < 30; round += 1) {
      fillSync(source, round * 3 + 1, round * 3 + 3)
      replicate(source, target)
      expect(filesIn(target.snapshot())).toEqual(filesIn(source.snapshot()))
    }
  })

  it('follows a source that was killed and handed over', () => {
    let source = storageOf()
    const target = storageOf()
    for (let round = 0; round < 12; round += 1) {
      fillSync(source, round * 3 + 1, round * 3 + 3, { ends: 'kill' })
      replicate(source, target)
      source = storageOf(source.snapshot())
    }
    fillSync(source, 37, 37)
    replicate(source, target)
    expect(filesIn(target.snapshot())).toEqual(filesIn(source.snapshot()))
  })

  it('becomes a log that has everything, and goes on', () => {
    const source = storageOf()
    const target = storageOf()
    fillSync(source, 1, 25)
    replicate(source, target)
    expect(() => openLogSync({ storage: target, ...small })).toThrow(expect.objectContaining({ code: 'READ_ONLY' }))
    const log = promoteReplicaSync({ storage: target, ...small })
    expect(log.lastSequence).toBe(25)
    expect(log.appendSync(payload(26, 300))).toBe(26)
    log.closeSync()
    const again = openLogSync({ storage: target, ...small })
    expect(readAllSync(again).map(({ payload: bytes }) => bytes)).toEqual(
      Array.from({ length: 26 }, (_, at) => Buffer.from(payload(at + 1, 300)).toString('hex')),
    )
    again.closeSync()
    expect(() => openReplicaSync({ storage: target })).toThrow(expect.objectContaining({ code: 'EXISTS' }))
  })

  it('can be read while it is one', () => {
    const source = storageOf()
    const target = storageOf()
    fillSync(source, 1, 25)
    replicate(source, target)
    const log = openLogSync({ storage: target, ...small, readOnly: true })
    expect(readAllSync(log).length).toBe(25)
    expect(log.durableSequence).toBe(25)
    expect(log.recovery.damage).toEqual([])
  })

  it('takes up the stream at every place where a piece ended', () => {
    const source = storageOf()
    fillSync(source, 1, 30)
    const chunks = chunksOf(source)
    for (let split = 0; split <= chunks.length; split += 1) {
      const target = storageOf()
      const first = openReplicaSync({ storage: target, readBytes: 4096 })
      first.receiveSync(chunks.slice(0, split))
      first.closeSync()
      const second = openReplicaSync({ storage: target, readBytes: 4096 })
      const { position } = second
      second.receiveSync(chunksOf(source, position))
      second.closeSync()
      expect(filesIn(target.snapshot())).toEqual(filesIn(source.snapshot()))
    }
  })
})
