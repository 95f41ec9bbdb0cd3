import { controlType, frameFlag, RecordEncoder, type FileHeader, type RecordEncoderOptions } from '@varve/codec'
import { openRecordFile, replayRecordFile, type RecordFile, type RecordFileOptions } from '@varve/segments'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { fileOf, forgeFrame, headerOf, withBytes } from '../support/crash-forge.ts'
import { boundedStorage } from '../support/log-bounded.ts'

const name = 'events'
const payload = (value: number): Uint8Array => new Uint8Array(10).fill(value)
const frameBytes = 56

/** A file as a user of the codec writes it, with one record for each number. */
function made(records: number, options: RecordEncoderOptions = {}): MemorySnapshot {
  const encoder = new RecordEncoder(options)
  const parts = [encoder.header]
  for (let value = 1; value <= records; value += 1) parts.push(encoder.encode(payload(value)))
  const bytes = new Uint8Array(parts.flatMap((part) => [...part]))
  return { generation: 0, files: new Map([[name, bytes]]) }
}

async function recordsOf(file: RecordFile): Promise<{ sequence: number; first: number | undefined }[]> {
  const records: { sequence: number; first: number | undefined }[] = []
  for await (const { sequence, payload: [first] } of file.read()) records.push({ sequence, first })
  return records
}

function sealed(snapshot: MemorySnapshot, at: number, sequence: number): MemorySnapshot {
  const header: FileHeader = headerOf(snapshot, name)
  const frame = { type: controlType.seal, flags: frameFlag.control, sequence, payload: new Uint8Array(56) }
  return withBytes(snapshot, name, at, forgeFrame(header, at, frame))
}

describe.each([
  { how: 'written anew', more: {} },
  { how: 'written anew in other blocks', more: { blockBytes: 512 } },
  { how: 'gone on with in place', more: { rewriteBytesMax: 0 } },
])('a record file that the codec made and that begins at any number, $how', ({ more }) => {
  const options = (storage: RecordFileOptions['storage']): RecordFileOptions => ({ storage, name, ...more })

  it('keeps the number of every record, now and when it is opened again', async () => {
    const { storage } = boundedStorage(made(2, { firstSequence: 100 }))
    const file = await openRecordFile(options(storage))
    expect(file.recovery).toMatchObject({ firstSequence: 100, lastSequence: 101 })
    expect(await recordsOf(file)).toEqual([{ sequence: 100, first: 1 }, { sequence: 101, first: 2 }])
    expect(await file.append(payload(3))).toBe(102)
    expect(() => file.read({ from: 99 })).toThrow(expect.objectContaining({ code: 'RECLAIMED' }))
    await file.close()
    const again = await openRecordFile(options(storage))
    expect(again.recovery).toMatchObject({ cleanShutdown: true, firstSequence: 100, lastSequence: 102 })
    expect((await recordsOf(again)).map(({ sequence }) => sequence)).toEqual([100, 101, 102])
    await again.close()
    expect(await replayRecordFile({ storage, name }, () => undefined)).toMatchObject({ records: 3, lastSequence: 102 })
  })

  it('goes on where it was to begin when it holds no record yet', async () => {
    const { storage } = boundedStorage(made(0, { firstSequence: 100, lastTimestamp: 5000 }))
    const file = await openRecordFile(options(storage))
    expect(file.recovery).toMatchObject({ firstSequence: 100, lastSequence: 99 })
    expect([file.lastSequence, file.durableSequence]).toEqual([99, 99])
    expect(await recordsOf(file)).toEqual([])
    await expect(file.append(payload(1), { timestamp: 4999 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(await file.append(payload(1))).toBe(100)
    await file.close()
    const timestamps: number[] = []
    await replayRecordFile({ storage, name }, ({ timestamp }) => timestamps.push(timestamp))
    expect(timestamps).toEqual([5000])
  })

  it('gives back a record that is larger than the buffer and ends where the file ends', async () => {
    const encoder = new RecordEncoder()
    const large = new Uint8Array(9000).fill(7)
    const bytes = new Uint8Array([...encoder.header, ...encoder.encode(large)])
    const storage = memoryStorage({ snapshot: { generation: 0, files: new Map([[name, bytes]]) } })
    const file = await openRecordFile({ ...options(storage), readBytes: 4096 })
    for await (const record of file.read()) expect(record.payload).toEqual(large)
    expect(file.lastSequence).toBe(1)
    await file.close()
  })

  it('is refused when it ends in a SEAL, which no record file has, and stays as it is', async () => {
    const at = 128 + 2 * frameBytes
    const snapshot = sealed(made(2), at, 2)
    const storage = memoryStorage({ snapshot })
    const refusal = { code: 'UNSUPPORTED_FORMAT', context: { file: name, position: at, row: 'last.unsupported-frame' } }
    await expect(openRecordFile(options(storage))).rejects.toMatchObject(refusal)
    await expect(replayRecordFile({ storage, name }, () => undefined)).rejects.toMatchObject(refusal)
    expect(storage.snapshot().files.get(name)).toEqual(fileOf(snapshot, name))
    const found = await replayRecordFile({ storage, name, mode: 'prefix' }, () => undefined)
    const { row } = refusal.context
    expect(found).toMatchObject({ records: 2, lastSequence: 2, end: at, row, corrupt: false, torn: undefined })
  })

  it.each([2 ** 31, 2 ** 29, 9000])('is asked for no more than it has when a frame announces %d', async (announces) => {
    const snapshot = made(1)
    const at = 128 + frameBytes
    const frame = forgeFrame(headerOf(snapshot, name), at, { type: 0, sequence: 2, announces })
    // More than fills the buffer, or the end of the file is met first.
    const forged = withBytes(withBytes(snapshot, name, 9000, Uint8Array.of(1)), name, at, frame)
    const bounded = boundedStorage(forged)
    const file = await openRecordFile({ ...options(bounded.storage), readBytes: 4096 })
    expect(file.recovery).toMatchObject({ row: 'last.torn-tail', lastSequence: 1, discarded: { position: at } })
    expect(bounded.largestReadBytes).toBeLessThanOrEqual(4096)
    await file.close()
  })
})

describe('a record file that is as large as it may be', () => {
  it.each([1024 * 1024, 0])('is opened and closed over and over, and stays so (rewritten up to %d)', async (limit) => {
    const capacity = 128 + 3 * frameBytes
    const options = { name, blockBytes: 128, capacity: 4096, rewriteBytesMax: limit, tornTail: 'refuse' } as const
    const storage = memoryStorage({ snapshot: made(3, { capacity }) })
    for (let times = 0; times < 3; times += 1) {
      const file = await openRecordFile({ storage, ...options })
      expect((await recordsOf(file)).map(({ sequence }) => sequence)).toEqual([1, 2, 3])
      if (limit === 0) await expect(file.append(payload(4))).rejects.toMatchObject({ code: 'NO_SPACE' })
      await file.close()
      const header = headerOf(storage.snapshot(), name)
      expect(fileOf(storage.snapshot(), name).length).toBeLessThanOrEqual(header.capacity)
    }
  })

  it('is opened with a capacity below its size, keeps what it has and takes no more', async () => {
    const storage = memoryStorage({ snapshot: made(100) })
    const options = { storage, name, blockBytes: 128, capacity: 4096, tornTail: 'refuse' } as const
    for (let times = 0; times < 3; times += 1) {
      const file = await openRecordFile(options)
      expect(await recordsOf(file)).toHaveLength(100)
      await expect(file.append(payload(101))).rejects.toMatchObject({ code: 'NO_SPACE' })
      await file.close()
    }
  })

  it('is closed over and over when it was filled up by appending', async () => {
    const storage = memoryStorage()
    const options = { storage, name, blockBytes: 128, capacity: 4096, tornTail: 'refuse' } as const
    const first = await openRecordFile(options)
    for (const bytes of [3000, 4096 - 128 - 3040 - 80]) await first.append(new Uint8Array(bytes))
    await first.close()
    for (let times = 0; times < 3; times += 1) {
      const file = await openRecordFile(options)
      expect(file.recovery.row).toBe('last.clean-shutdown')
      await file.close()
      expect(fileOf(storage.snapshot(), name).length).toBeLessThanOrEqual(4096)
    }
  })
})
