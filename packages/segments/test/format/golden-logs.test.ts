import { Buffer } from 'node:buffer'
import { memoryStorage, type MemoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import type { ExpectedRecord } from '../../../../fixtures/golden-logs.ts'
import { openLog, replayRecordFile } from '../../src/index.ts'
import { all, asExpected, expectedOf, filesIn, readable, recordsOf, small } from './golden-files.ts'
import { decodeHeader, Refusal, scan } from './independent-decoder.ts'
import { decodeLog } from './independent-log.ts'
import { filesOf } from './written-log.ts'

const refused = all.flatMap(({ name, expected }) => {
  return 'error' in expected.open ? [{ name, expected, error: expected.open.error }] : []
})

function copyOf(name: string): MemoryStorage {
  return memoryStorage({ snapshot: { files: filesIn(name), generation: 0 } })
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : error
}

describe('the golden logs of format 1', () => {
  it('are all there: one for each way a log can end or be refused', () => {
    const rows = new Set(readable.map(({ open }) => open.row))
    expect([...rows].sort()).toEqual(
      ['clean-end', 'clean-shutdown', 'interrupted-rotation', 'torn-batch', 'torn-tail'].map((row) => `last.${row}`),
    )
    expect(new Set(refused.map(({ error }) => error))).toEqual(new Set(['CORRUPT', 'UNSUPPORTED_FORMAT']))
    expect(all.length).toBeGreaterThan(20)
  })

  it.each(readable)('$name: the independent decoder reads exactly what was written', ({ name, expected, open }) => {
    const decoded = decodeLog(filesOf({ files: filesIn(name), generation: 0 }))
    expect(decoded.row).toBe(open.row)
    expect(decoded.records.map(asExpected)).toEqual(expected.records)
    const segments = decoded.segments.map(({ name: file, state, end, chain }) => {
      return { name: file, state, end, chain: chain.toString(16).padStart(16, '0') }
    })
    expect(segments).toEqual(expected.segments)
  })

  it.each(readable)('$name: a reader that changes nothing reads exactly that', async ({ name, expected, open }) => {
    const storage = copyOf(name)
    const log = await openLog({ storage, readOnly: true, verify: 'all' })
    expect(log.recovery).toMatchObject({ row: open.row, damage: [] })
    expect(await recordsOf(log)).toEqual(expected.records)
    const ends = log.segments.map(({ name: file, end }) => [file, end])
    expect(ends).toEqual(expected.segments.map(({ name: file, end }) => [file, end]))
    await log.close()
    expect(storage.snapshot().files).toEqual(filesIn(name))
  })

  it.each(readable)('$name: opens for writing, goes on, and is read again', async ({ name, expected, open }) => {
    const storage = copyOf(name)
    const log = await openLog({ storage, ...small, verify: 'all' })
    expect(log.recovery).toMatchObject(open)
    expect(await recordsOf(log)).toEqual(expected.records)
    const last = expected.records.at(-1)?.sequence ?? 0
    const sequence = await log.append(new Uint8Array([1, 2, 3]))
    expect(sequence).toBe(last + 1)
    await log.close()
    const again = await openLog({ storage, ...small, verify: 'all' })
    const records = await recordsOf(again)
    expect(records.slice(0, -1)).toEqual(expected.records)
    expect(records.at(-1)).toMatchObject({ sequence, payload: '010203' })
    await again.close()
  })

  it.each(refused)('$name: is refused with $error, and nothing is changed', async ({ name, error }) => {
    const storage = copyOf(name)
    expect(codeOf(await openLog({ storage, ...small }).catch((reason: unknown) => reason))).toBe(error)
    expect(storage.snapshot().files).toEqual(filesIn(name))
    expect(() => decodeLog(filesOf({ files: filesIn(name), generation: 0 }))).toThrow(Refusal)
    expect(() => decodeLog(filesOf({ files: filesIn(name), generation: 0 }))).toThrow(error)
  })

  it.each(refused)('$name: a reader that changes nothing shows what is intact, or refuses too', async (golden) => {
    const { name, error, expected } = golden
    const opening = openLog({ storage: copyOf(name), readOnly: true })
    if (error === 'UNSUPPORTED_FORMAT') {
      expect(codeOf(await opening.catch((reason: unknown) => reason))).toBe(error)
      return
    }
    const log = await opening
    expect(log.recovery.damage.length).toBeGreaterThan(0)
    const shown: ExpectedRecord[] = []
    try {
      for await (const record of log.read()) shown.push(asExpected(record))
    } catch (reason) {
      expect(codeOf(reason)).toBe('CORRUPT')
    }
    expect(shown.slice(0, expected.records.length)).toEqual(expected.records)
    await log.close()
  })

  it('floor-and-checkpoints: what they say is said again by every SEAL to come', async () => {
    const storage = copyOf('floor-and-checkpoints')
    const log = await openLog({ storage, ...small })
    for (let records = 0; records < 12; records += 1) await log.append(new Uint8Array(800))
    await log.close()
    const { segments } = decodeLog(filesOf(storage.snapshot()))
    const seals = segments.flatMap(({ seal }) => (seal === undefined ? [] : [seal]))
    const said = seals.map(({ floor, checkpoints }) => `${floor}: ${checkpoints.toString()}`)
    const list = 'the list of the checkpoint layer'
    expect(said.length).toBeGreaterThan(2)
    expect(said).toEqual([`4: ${list}`, ...said.slice(1).map(() => `5: ${list}`)])
  })

  it('floor-and-checkpoints: a hand-over says it again', async () => {
    const storage = copyOf('floor-and-checkpoints')
    const log = await openLog({ storage, ...small })
    await log.append(new Uint8Array(8))
    const killed = memoryStorage({ snapshot: storage.snapshot() })
    await (await openLog({ storage: killed, ...small })).close()
    const { frames } = decodeLog(filesOf(killed.snapshot())).segments.at(-1) ?? { frames: [] }
    expect(frames.filter(({ isControl }) => isControl).map(({ type }) => type)).toEqual([4, 3, 2])
    await log.close()
  })

  it('record-file: is read exactly as it was written', async () => {
    const expected = expectedOf('record-file')
    const records: ExpectedRecord[] = []
    const replay = await replayRecordFile({ storage: copyOf('record-file'), name: 'orders.records' }, (record) => {
      records.push(asExpected(record))
    })
    expect(replay).toMatchObject({ row: 'last.clean-shutdown', records: 3 })
    expect(records).toEqual(expected.records)
    const file = Buffer.from(filesIn('record-file').get('orders.records') ?? [])
    const header = decodeHeader(file)
    const frames = scan(file, header, header.capacity).frames.filter(({ isControl }) => !isControl)
    expect(frames.map(asExpected)).toEqual(expected.records)
  })
})
