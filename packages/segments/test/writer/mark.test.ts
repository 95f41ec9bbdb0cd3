import { frameHeaderBytes } from '@varve/codec'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, type Log, type LogOptions } from '../../src/index.ts'
import { quiet } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { segmentsOf, type PlainFrame } from '../support/log-files.ts'
import { isWriteCall, type Operation } from '../support/log-intercept.ts'
import { payload, readAll } from '../support/log-records.ts'

async function open(options: Omit<LogOptions, 'storage'> = {}): Promise<{ disk: ControlledStorage; log: Log }> {
  const disk = new ControlledStorage()
  const log = await openLog({ storage: disk.storage, segmentBytes: 8192, blockBytes: 128, ...options })
  disk.operations.length = 0
  return { disk, log }
}

function lastFrames(disk: ControlledStorage): readonly PlainFrame[] {
  return segmentsOf(disk.snapshot()).at(-1)?.frames ?? []
}

describe('a MARK', () => {
  it('says, un-synced and behind the last frame, what is durable once nothing waits', async () => {
    const { disk, log } = await open()
    await log.append(payload(1))
    await quiet()
    const [record, mark] = lastFrames(disk)
    expect(mark).toMatchObject({ kind: 'mark', position: record?.end, durableEnd: record?.end, sequence: 1 })
    expect(disk.operations.filter(isWriteCall).map(({ bytes }) => bytes)).toEqual([56, frameHeaderBytes])
    expect(disk.operations.at(-1)?.kind).toBe('write')
    await log.close()
  })

  it('is overwritten by whatever comes next, so that it never stands between two frames', async () => {
    const { disk, log } = await open()
    for (let n = 1; n <= 5; n += 1) {
      await log.append(payload(n, n))
      await quiet()
    }
    expect(lastFrames(disk).map(({ kind }) => kind)).toEqual([...Array<string>(5).fill('record'), 'mark'])
    await log.close()
    expect(lastFrames(disk).map(({ kind }) => kind)).toEqual([...Array<string>(5).fill('record'), 'close'])
  })

  it('is not written while a commit waits, nor twice for the same end', async () => {
    const { disk, log } = await open()
    const isMark = ({ kind, bytes }: Operation): boolean => kind === 'write' && bytes === frameHeaderBytes
    const hold = disk.hold(isWriteCall)
    const first = log.append(payload(1))
    await hold.reached
    const second = log.append(payload(2))
    hold.release()
    await Promise.all([first, second])
    await quiet()
    expect(disk.count(isMark)).toBe(1)
    await log.sync()
    await log.flush()
    await quiet()
    expect(disk.count(isMark)).toBe(1)
    await log.close()
  })

  it('is not written for what is not durable', async () => {
    const { disk, log } = await open({ durability: 'async' })
    await log.append(payload(1))
    await quiet()
    expect(lastFrames(disk).map(({ kind }) => kind)).toEqual(['record'])
    await log.sync()
    await quiet()
    expect(lastFrames(disk).map(({ kind }) => kind)).toEqual(['record', 'mark'])
    await log.close()
  })

  it('has a block of its own when commits are aligned', async () => {
    const { disk, log } = await open({ commitAlignment: 'block' })
    await log.append(payload(1))
    await quiet()
    const places = lastFrames(disk).map(({ kind, position }) => [kind, position])
    expect(places).toEqual([['record', 128], ['pad', 184], ['mark', 256]])
    await log.close()
  })

  it('that is late waits for nobody: a record that comes meanwhile is written behind it', async () => {
    const { disk, log } = await open()
    const hold = disk.hold(({ kind, bytes }) => kind === 'write' && bytes === frameHeaderBytes)
    await log.append(payload(1))
    await hold.reached
    const second = log.append(payload(2))
    await quiet()
    expect(disk.count('writeDurable')).toBe(1)
    hold.release()
    expect(await second).toBe(2)
    expect(disk.offences).toEqual([])
    expect(await readAll(log)).toHaveLength(2)
    await log.close()
  })

  it('turns the loss of the last commit from a torn tail into corruption', async () => {
    const { disk, log } = await open()
    await log.append(payload(1))
    await log.append(payload(2))
    await quiet()
    const snapshot = disk.snapshot()
    const [name, bytes] = [...snapshot.files][0] as [string, Uint8Array<ArrayBuffer>]
    const last = lastFrames(disk)[1] as PlainFrame
    const damaged = bytes.slice().fill(0, last.position, last.end)
    const storage = memoryStorage({ snapshot: { ...snapshot, files: new Map([[name, damaged]]) } })
    await expect(openLog({ storage })).rejects.toMatchObject({
      code: 'CORRUPT',
      context: { file: name, position: last.position, firstSequence: 2, row: 'last.below-durable-end' },
    })
    await log.close()
  })
})
