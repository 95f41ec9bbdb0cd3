import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog } from '../../src/index.ts'
import { buildImage, continueImage, smallGeometry } from '../support/damage-image.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { segmentsOf } from '../support/log-files.ts'
import { isWriteCall } from '../support/log-intercept.ts'
import { failure } from '../support/log-promises.ts'
import { payload, readAll } from '../support/log-records.ts'

/** A log of one segment whose records nothing proves. */
function crashedLog(): MemorySnapshot {
  return continueImage(undefined, { ...smallGeometry, durability: 'async' }, 'crash', (log) => {
    for (let n = 1; n <= 10; n += 1) log.appendSync(payload(n, 20))
  })
}

describe('an open that fails half way', () => {
  const { snapshot: closed, records } = buildImage()
  const crashed = continueImage(closed, { ...smallGeometry, durability: 'async' }, 'crash', (log) => {
    log.appendSync(payload(1))
  })
  const logs = [
    { ended: 'with a goodbye', snapshot: closed, count: records.length },
    { ended: 'in a crash', snapshot: crashed, count: records.length + 1 },
  ]

  it.each(logs)('leaves nothing open or locked, and the next one finds all ($ended)', async ({ snapshot, count }) => {
    const whole = new ControlledStorage({ snapshot })
    const log = await openLog({ storage: whole.storage, ...smallGeometry })
    await log.close()
    const calls = whole.operations.findIndex(({ kind }) => kind === 'release')
    // Whichever call it is that fails, up to the last one that open makes.
    for (let failing = 0; failing < calls; failing += 1) {
      const disk = new ControlledStorage({ snapshot })
      let made = 0
      disk.fail(() => made++ === failing, new Error('no'))
      const opened = await openLog({ storage: disk.storage, ...smallGeometry }).catch(() => undefined)
      await opened?.close().catch(() => undefined)
      expect(disk.openFiles).toEqual([])
      expect(disk.offences).toEqual([])
      const again = await openLog({ storage: memoryStorage({ snapshot: disk.snapshot() }), ...smallGeometry })
      expect(await readAll(again)).toHaveLength(count)
      await again.close()
    }
  })

  it('without consequence says so in a note: space that could not be given back', async () => {
    const disk = new ControlledStorage({ snapshot: crashedLog() })
    disk.fail('resize', new Error('busy'))
    const log = await openLog({ storage: disk.storage, ...smallGeometry })
    expect(log.recovery.notes).toHaveLength(1)
    expect(log.recovery.notes[0]).toMatch(/^the space behind the cut of 00000001-0000000000000001.varve .*busy/)
    expect(await readAll(log)).toHaveLength(10)
    await log.close()
  })
})

describe('an open after a goodbye', () => {
  it('writes the CLOSE once more and makes it durable: it may so far have been in the cache only', async () => {
    const { snapshot } = buildImage()
    const last = segmentsOf(snapshot).at(-1)
    const close = last?.frames.at(-1)
    const disk = new ControlledStorage({ snapshot })
    const log = await openLog({ storage: disk.storage, ...smallGeometry })
    const writes = disk.of(isWriteCall)
    expect(writes).toMatchObject([{ name: last?.name, position: close?.position, bytes: 40 }])
    expect(disk.operations.at(-1)).toMatchObject({ kind: 'sync', name: last?.name })
    await log.close()
  })
})

describe('an open after a crash', () => {
  it('changes nothing of the old segment but its size, and that only when the next one has its name', async () => {
    const snapshot = crashedLog()
    const [old] = segmentsOf(snapshot)
    const disk = new ControlledStorage({ snapshot })
    const log = await openLog({ storage: disk.storage, ...smallGeometry })
    const changes = disk.of((operation) => operation.kind === 'resize' || isWriteCall(operation))
    expect(changes.filter(({ name }) => name === old?.name).map(({ kind }) => kind)).toEqual(['resize'])
    const resize = disk.operations.findIndex(({ kind }) => kind === 'resize')
    const named = disk.operations.findIndex(
      ({ kind }, at) => kind === 'syncNames' && disk.operations[at - 1]?.kind === 'rename',
    )
    expect(named).toBeGreaterThan(0)
    expect(resize).toBeGreaterThan(named)
    expect(log.recovery).toMatchObject({ carriedRecords: 10, lastSequence: 10, row: 'last.clean-end' })
    await log.close()
  })

  it('shows no record before the segment that carries it has a durable name', async () => {
    const disk = new ControlledStorage({ snapshot: crashedLog() })
    disk.fail(({ kind }) => kind === 'syncNames' && disk.count('rename') > 0, new Error('no'))
    await failure('IO', () => openLog({ storage: disk.storage, ...smallGeometry }))
  })
})
