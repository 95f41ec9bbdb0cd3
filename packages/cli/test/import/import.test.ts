import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openLog } from 'varve'
import { describe, expect, it } from 'vitest'
import { withInput } from '../../src/import/open-input.ts'
import type { Source, SourceRecord } from '../../src/import/source.ts'
import { expectGolden } from '../support/golden.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { fixture, fixturePayload, importTo, onDisk, recordsOf } from './support.ts'

const from = ['import', '--from', 'length-crc32']

async function* sourceOf(...batches: readonly (readonly SourceRecord[])[]): Source {
  for (const [at, records] of batches.entries()) yield { records, bytesDone: at + 1 }
  return undefined
}

function records(count: number, bytes = 10): SourceRecord[] {
  return Array.from({ length: count }, (_, at) => ({ payload: new Uint8Array(bytes).fill(at), offset: at * 100 }))
}

function shown(text: string, directory: string): string {
  return text.replaceAll(directory, 'DIR').replaceAll(fixture(''), '')
}

describe('varve import', () => {
  it.each([
    ['whole.log', 0, 40],
    ['torn-payload.log', 1, 39],
    ['torn-prefix.log', 1, 39],
    ['zero-tail.log', 1, 40],
    ['flipped-payload.log', 2, 19],
    ['absurd-length.log', 2, 19],
  ] as const)('%s: exit code %i, %i records', async (name, code, imported) => {
    const directory = temporaryDirectory()
    const ended = await onDisk([...from, fixture(name), directory])
    expect(ended.code).toBe(code)
    expectGolden(`import/${name}`, shown(ended.out, directory))
    expect((await recordsOf(directory)).map(({ payload }) => Buffer.from(payload))).toEqual(
      Array.from({ length: imported }, (_, at) => fixturePayload(at + 1)),
    )
  })

  it('looks the same on terminals of any width, with colour', async () => {
    for (const columns of [50, 120]) {
      const directory = temporaryDirectory()
      const ended = await onDisk([...from, fixture('flipped-payload.log'), directory], { columns })
      expectGolden(`import/terminal-${columns}`, shown(`${ended.err}\n${ended.out}`, directory))
    }
  })

  it('prints JSON', async () => {
    const directory = temporaryDirectory()
    const ended = await onDisk([...from, fixture('torn-payload.log'), directory, '--json'])
    const report = { imported: 39, firstSequence: 1, lastSequence: 39, stop: { verdict: 'torn' } }
    expect(JSON.parse(ended.out)).toMatchObject(report)
  })

  it('only checks with --dry-run', async () => {
    const ended = await onDisk([...from, fixture('flipped-payload.log'), '/nowhere', '--dry-run'])
    expect(ended.code).toBe(2)
    expectGolden('import/dry-run', shown(ended.out, '/nowhere'))
  })

  it('counts empty records at the end when asked to', async () => {
    const directory = temporaryDirectory()
    expect((await onDisk([...from, fixture('empty-records.log'), directory, '--keep-empty'])).code).toBe(0)
    expect(await recordsOf(directory)).toHaveLength(5)
  })

  it('goes on where it was interrupted, and only with the same file', async () => {
    const directory = temporaryDirectory()
    await onDisk([...from, fixture('flipped-payload.log'), directory])
    const refused = await onDisk([...from, fixture('whole.log'), directory])
    expect(refused.code).toBe(3)
    expect(refused.err).toContain('--resume')
    const other = await onDisk([...from, fixture('empty-records.log'), directory, '--resume'])
    expect(other.code).toBe(5)
    expect(await recordsOf(directory)).toHaveLength(19)
    const resumed = await onDisk([...from, fixture('whole.log'), directory, '--resume'])
    expect(resumed.code).toBe(0)
    expectGolden('import/resumed', shown(resumed.out, directory))
    expect((await recordsOf(directory)).map(({ payload }) => Buffer.from(payload))).toEqual(
      Array.from({ length: 40 }, (_, at) => fixturePayload(at + 1)),
    )
    const again = await onDisk([...from, fixture('whole.log'), directory, '--resume'])
    expect(again.out).toContain('imported  0 records')
    const shorter = await onDisk([...from, fixture('flipped-payload.log'), directory, '--resume'])
    expect(shorter.code).toBe(5)
    expect(shorter.err).toContain('the log has 40 records, and the file 19')
  })

  it('adds with --append', async () => {
    const directory = temporaryDirectory()
    await onDisk([...from, fixture('whole.log'), directory])
    const { out } = await onDisk([...from, fixture('whole.log'), directory, '--append', '--json'])
    expect(JSON.parse(out)).toMatchObject({ firstSequence: 41, lastSequence: 80 })
  })

  it('reads lines from a file and from the standard input', async () => {
    const [directory, other] = [temporaryDirectory(), temporaryDirectory()]
    const file = join(directory, 'lines')
    writeFileSync(file, '{"a":1}\n{"a":2}\n')
    expect((await onDisk(['import', '--from', 'ndjson', file, join(directory, 'log')])).code).toBe(0)
    const stdin = '{"type":7,"payload":"x"}\nno json\n'
    const ended = await onDisk(['import', '--from', 'ndjson', '--fields', '-', other], { stdin })
    expect(ended.code).toBe(2)
    expect(ended.out).toContain('record 2 at offset 25\n')
    expect(await recordsOf(join(directory, 'log'))).toHaveLength(2)
    expect(await recordsOf(other)).toMatchObject([{ type: 7 }])
  })

  it('lengths do not come from the standard input', async () => {
    const ended = await onDisk([...from, '-', '/nowhere'])
    expect(ended.code).toBe(3)
    expect(ended.err).toContain('needs a file')
  })

  it('a record that does not fit into a segment stops it', async () => {
    const directory = temporaryDirectory()
    const file = join(directory, 'lines')
    writeFileSync(file, `"a"\n"${'b'.repeat(6000)}"\n"c"\n`)
    const line = ['import', '--from', 'ndjson', file, join(directory, 'log')]
    const ended = await onDisk([...line, '--segment-bytes', '8192', '--max-record-bytes', '10000'])
    expect(ended.code).toBe(3)
    expect(ended.out).toContain('Stopped: record 2 at offset 4\n')
    expect(await recordsOf(join(directory, 'log'))).toHaveLength(1)
  })

  it('what is no file is refused by name', async () => {
    const directory = temporaryDirectory()
    expect((await onDisk([...from, join(directory, 'none'), directory])).code).toBe(5)
    expect((await onDisk([...from, directory, directory])).code).toBe(3)
    expect((await onDisk([...from, `${fixture('whole.log')}/x`, directory])).code).toBe(6)
  })

  it('Ctrl-C leaves what was imported, durable', async () => {
    const directory = temporaryDirectory()
    const ended = await onDisk([...from, fixture('whole.log'), directory], { interrupt: AbortSignal.abort() })
    expect(ended.code).toBe(130)
    expect(ended.out).toContain('Interrupted.')
  })

  it('tells how far it is on a terminal', async () => {
    let ms = 0
    const surroundings = { columns: 100, now: () => (ms += 1000) }
    const ended = await onDisk([...from, fixture('whole.log'), temporaryDirectory()], surroundings)
    expect(ended.err).toContain('100 %  6.4 KiB of 6.4 KiB')
    const line = ['import', '--from', 'ndjson', '-', temporaryDirectory()]
    const piped = await onDisk(line, { ...surroundings, stdin: '1\n' })
    expect(piped.err).toContain('2 B, 2 B/s')
  })
})

describe('appending', () => {
  it('halves a batch that does not fit, and keeps the order', async () => {
    const directory = temporaryDirectory()
    const batch = records(40, 500)
    const outcome = await importTo(directory, sourceOf(batch, []), { segmentBytes: 8192 })
    expect(outcome).toMatchObject({ imported: 40, firstSequence: 1, lastSequence: 40, payloadBytes: 20_000 })
    expect((await recordsOf(directory)).map(({ payload }) => payload[0])).toEqual(batch.map((_, at) => at))
  })

  it.each([0, 17, 39])('stops at the one that is too large, at %i of a batch', async (large) => {
    const directory = temporaryDirectory()
    const payload = new Uint8Array(9000)
    const batch = records(40, 100).map((record, at) => (at === large ? { ...record, payload } : record))
    const outcome = await importTo(directory, sourceOf(batch, records(1)), { segmentBytes: 8192 })
    const stop = { verdict: 'refused', record: large + 1, offset: large * 100 }
    expect(outcome).toMatchObject({ imported: large, stop })
    expect(await recordsOf(directory)).toHaveLength(large)
  })

  it('a failure of the log is an error', async () => {
    const log = await openLog(temporaryDirectory())
    await log.close()
    const { importInto } = await import('../../src/import/into-log.ts')
    await expect(importInto(log, sourceOf(records(1)))).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it('resumes a log whose beginning was reclaimed, and compares types and timestamps', async () => {
    const directory = temporaryDirectory()
    const typed = records(6).map((record, at) => ({ ...record, type: 1, timestamp: at }))
    await importTo(directory, sourceOf(typed.slice(0, 4)))
    const log = await openLog(directory)
    await log.archive(3)
    await log.close()
    const other = typed.map((record) => ({ ...record, timestamp: record.timestamp + 1 }))
    const untyped = typed.map((record) => ({ ...record, type: 2 }))
    for (const wrong of [other, untyped]) {
      const resuming = importTo(directory, sourceOf(wrong), { resume: true })
      await expect(resuming).rejects.toMatchObject({ code: 'FOREIGN_FILE' })
    }
    const outcome = await importTo(directory, sourceOf(typed.slice(0, 3), typed.slice(3)), { resume: true })
    expect(outcome).toMatchObject({ records: 6, skipped: 4, imported: 2, firstSequence: 5, lastSequence: 6 })
  })
})

describe('input', () => {
  it('comes in pieces, and ends where the file ends', async () => {
    const file = join(temporaryDirectory(), 'file')
    writeFileSync(file, Buffer.alloc(600_000, 1))
    await withInput(file, async (input) => {
      const sizes: number[] = []
      for await (const chunk of input.chunks()) {
        sizes.push(chunk.length)
        if (sizes.length === 1) writeFileSync(file, Buffer.alloc(300_000, 1))
      }
      expect(sizes).toEqual([262_144, 37_856])
    })
    expect(readFileSync(file)).toHaveLength(300_000)
  })
})
