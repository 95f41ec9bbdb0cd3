import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { memoryStorage, openLog } from 'varve'
import { describe, expect, it, onTestFinished } from 'vitest'
import { exportRecords } from '../../src/export/run-export.ts'
import { writeInPlace } from '../../src/export/target.ts'
import { importInto } from '../../src/import/into-log.ts'
import { readNdjson } from '../../src/import/ndjson.ts'
import { fixture, fixtureBytes, onDisk, recordsOf } from '../import/support.ts'
import { expectGolden } from '../support/golden.ts'
import { temporaryDirectory } from '../support/temporary.ts'

/** A log with the records of the fixture. */
async function filled(): Promise<{ readonly root: string; readonly log: string }> {
  const root = temporaryDirectory()
  const log = join(root, 'log')
  await onDisk(['import', fixture('whole.log'), log])
  return { root, log }
}

const record = fc.record({
  payload: fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 20 }).map((text) => new TextEncoder().encode(text)),
  ),
  type: fc.integer({ min: 0, max: 65_535 }),
  later: fc.nat(),
})

describe('varve export', () => {
  it('and import give equal payloads, types and timestamps', async () => {
    await fc.assert(fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 12 }), async (records) => {
      let timestamp = 0
      const entries = records.map(({ payload, type, later }) => ({ payload, type, timestamp: (timestamp += later) }))
      const log = await openLog({ storage: memoryStorage(), durability: 'async' })
      await log.appendBatch(entries)
      let text = ''
      const { signal } = new AbortController()
      const options = { format: 'ndjson', range: {}, signal, onProgress: () => {} } as const
      await exportRecords(log, async (data) => { text += String(data) }, options)
      const copy = await openLog({ storage: memoryStorage(), durability: 'async' })
      const pieces = (async function* () { yield Buffer.from(text) })()
      const source = readNdjson(pieces, { maxRecordBytes: 1000, fields: true })
      expect((await importInto(copy, source)).stop).toBeUndefined()
      const read = []
      for await (const { payload, type, timestamp: time } of copy.read()) {
        read.push({ payload: [...payload], type, timestamp: time })
      }
      expect(read).toEqual(entries.map((entry) => ({ ...entry, payload: [...entry.payload] })))
      await log.close()
      await copy.close()
    }), { numRuns: 50 })
  })

  it('length-crc32 gives back the file that was imported', async () => {
    const { root, log } = await filled()
    const file = join(root, 'back.log')
    const ended = await onDisk(['export', log, '--format', 'length-crc32', '-o', file])
    expect(ended.code).toBe(0)
    expectGolden('export/file', ended.out.replaceAll(root, 'DIR'))
    expect(readFileSync(file)).toEqual(Buffer.from(fixtureBytes('whole.log')))
    expect(readdirSync(root).sort()).toEqual(['back.log', 'log'])
  })

  it('writes a range to the standard output, and nothing else', async () => {
    const { log } = await filled()
    const ended = await onDisk(['export', log, '--from', '8', '--to', '9'])
    expectGolden('export/range', ended.out.replace(/[\w+/=]{60,}/g, (text) => `${text.slice(0, 8)}…${text.length}`))
    expect((await onDisk(['export', log, '--format', 'raw'])).bytes).toHaveLength(6260)
    expect((await onDisk(['export', log, '--from', '41', '-o', join(log, '../none')])).out).toContain('sequence  none')
  })

  it('says what a format has no place for', async () => {
    const { root } = await filled()
    const typed = join(root, 'typed')
    const stdin = '{"type":1,"payload":"a"}\n{"payload":"b"}\n'
    await onDisk(['import', '--from', 'ndjson', '--fields', '-', typed], { stdin })
    const ended = await onDisk(['export', typed, '--format', 'raw'])
    expect(ended.out).toBe('ab')
    expect(ended.err).toBe('note: raw has no place for types and timestamps: 1 record\n')
  })

  it('prints JSON about a file', async () => {
    const { root, log } = await filled()
    const { out } = await onDisk(['export', log, '-o', join(root, 'x'), '--json'])
    expect(JSON.parse(out)).toMatchObject({ records: 40, firstSequence: 1, lastSequence: 40, format: 'ndjson' })
  })

  it('replaces a file only with --force', async () => {
    const { root, log } = await filled()
    const file = join(root, 'precious')
    writeFileSync(file, 'precious')
    const refused = await onDisk(['export', log, '-o', file])
    expect(refused.code).toBe(3)
    expect(readFileSync(file, 'utf8')).toBe('precious')
    expect((await onDisk(['export', log, '-o', file, '--force'])).code).toBe(0)
    expect(readFileSync(file, 'utf8')).toContain('"sequence":40')
  })

  it('leaves nothing of a file when the log cannot be read to its end', async () => {
    const { root, log } = await filled()
    const name = join(log, readdirSync(log).find((each) => each.endsWith('.varve')) ?? '')
    const bytes = readFileSync(name)
    bytes[6000]! ^= 1
    writeFileSync(name, bytes)
    expect((await onDisk(['export', log, '-o', join(root, 'half')])).code).toBe(2)
    expect(readdirSync(root)).toEqual(['log'])
  })

  it('stops at Ctrl-C, and hands on what it printed', async () => {
    const { root } = await filled()
    const many = join(root, 'many')
    await onDisk(['import', '--from', 'ndjson', '-', many], { stdin: `"${'x'.repeat(100)}"\n`.repeat(3000) })
    const file = join(root, 'half')
    const ended = await onDisk(['export', many, '-o', file], { interrupt: AbortSignal.abort() })
    expect(ended.code).toBe(130)
    expect(existsSync(file)).toBe(false)
    let ms = 0
    const shown = await onDisk(['export', many], { columns: 80, now: () => (ms += 1000) })
    expect(shown.out.split('\n')).toHaveLength(3001)
    expect(shown.err).toContain('KiB/s')
    expect(await recordsOf(many)).toHaveLength(3000)
  })
})

describe('a file in its place', () => {
  it('is there when it is whole, however many pieces it comes in', async () => {
    const file = join(temporaryDirectory(), 'file')
    await writeInPlace(file, false, async (write) => {
      for (let piece = 0; piece < 10; piece += 1) {
        await write(new Uint8Array(100_000).fill(piece))
        expect(existsSync(file)).toBe(false)
      }
    })
    expect(readFileSync(file)).toHaveLength(1_000_000)
  })

  it('needs no sync of the directory on Windows, which has none', async () => {
    const platform = Object.getOwnPropertyDescriptor(process, 'platform') ?? {}
    onTestFinished(() => { Object.defineProperty(process, 'platform', platform) })
    Object.defineProperty(process, 'platform', { ...platform, value: 'win32' })
    const file = join(temporaryDirectory(), 'file')
    await writeInPlace(file, false, async (write) => { await write('x') })
    expect(readFileSync(file, 'utf8')).toBe('x')
  })

  it('does not replace one that came meanwhile', async () => {
    const directory = temporaryDirectory()
    const file = join(directory, 'file')
    const writing = writeInPlace(file, false, async () => { writeFileSync(file, 'other') })
    await expect(writing).rejects.toMatchObject({ code: 'EXISTS' })
    expect(readdirSync(directory)).toEqual(['file'])
    const nowhere = writeInPlace(join(directory, 'none', 'x'), true, async () => {})
    await expect(nowhere).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
