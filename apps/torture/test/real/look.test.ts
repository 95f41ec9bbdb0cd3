import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openLog } from '@varve/segments'
import { nodeStorage } from '@varve/storage-node'
import { describe, expect, it } from 'vitest'
import { Books } from '../../src/real/books.ts'
import { payloadOf } from '../../src/real/history.ts'
import { look } from '../../src/real/look.ts'
import { temporaryDirectory } from './support/temporary.ts'

const seed = 11

interface Written {
  readonly directory: string
  readonly books: Books
}

/** A log of that many records, as writer 1 writes them, and books in which they are acknowledged. */
async function written(records: number, payload = (sequence: number) => payloadOf({ seed, life: 1 }, sequence)) {
  const directory = temporaryDirectory()
  const books = new Books(seed)
  books.opened(1, 'sync', 0)
  books.attempt(records)
  const log = await openLog({ storage: nodeStorage(directory), ownsStorage: true, segmentBytes: 4096, blockBytes: 128 })
  for (let sequence = 1; sequence <= records; sequence += 1) {
    await log.append(payload(sequence), { type: 1, timestamp: sequence })
  }
  books.acknowledge(records)
  await log.close()
  books.ended('process')
  return { directory, books } satisfies Written
}

function segments(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.endsWith('.varve')).sort().map((name) => join(directory, name))
}

describe('a look at a log', () => {
  it('finds nothing wrong with one that is as it should be', async () => {
    const { directory, books } = await written(16)
    for (const readOnly of [true, false, true]) {
      expect(await look(directory, books, { readOnly })).toMatchObject({ findings: [], last: 16 })
    }
  })

  it('finds records that are missing at the end', async () => {
    const { directory, books } = await written(11)
    const more = new Books(seed)
    more.opened(1, 'sync', 0)
    more.attempt(16)
    more.acknowledge(16)
    more.ended('process')
    const { findings } = await look(directory, more, { readOnly: true })
    expect(findings.map(({ promised }) => promised)).toEqual(['record 16 is there: acknowledged in sync mode'])
    expect((await look(directory, books, { readOnly: true })).findings).toEqual([])
  })

  it('finds records with other bytes, and stops after some', async () => {
    const { directory, books } = await written(16, (sequence) => Uint8Array.of(sequence))
    const { findings } = await look(directory, books, { readOnly: true })
    expect(findings).toHaveLength(5)
    expect(findings[0]?.promised).toBe('records come back byte for byte')
  })

  it.each([true, false])('finds damage (read-only: %s)', async (readOnly) => {
    const { directory, books } = await written(64)
    const [first = ''] = segments(directory)
    const bytes = readFileSync(first)
    bytes[200] = (bytes[200] ?? 0) ^ 1
    writeFileSync(first, bytes)
    const { findings } = await look(directory, books, { readOnly })
    expect(findings.length).toBeGreaterThan(0)
    expect(JSON.stringify(findings)).toContain('CORRUPT: 00000001-')
  })

  it('finds that a log is gone, unless there need be none', async () => {
    const { books } = await written(3)
    const empty = temporaryDirectory()
    const missing = join(empty, 'missing')
    expect((await look(empty, books.clone(), { readOnly: true })).findings[0]?.found).toContain('ends at 0')
    expect((await look(missing, books, { readOnly: true })).findings[0]?.found).toContain('NOT_FOUND')
    expect(await look(empty, new Books(seed), { readOnly: true })).toMatchObject({ findings: [], last: 0 })
    expect(await look(missing, new Books(seed), { readOnly: true })).toMatchObject({ findings: [], last: undefined })
  })

  it('takes a refusal only when it was told to expect it', async () => {
    const { directory, books } = await written(3)
    const holder = await openLog({ storage: nodeStorage(directory), ownsStorage: true })
    expect((await look(directory, books, { readOnly: false })).findings[0]?.found).toContain('LOCKED')
    expect((await look(directory, books, { readOnly: false, mayRefuse: 'LOCKED' })).findings).toEqual([])
    // After a restart of the machine the holder is gone, whatever has its number now.
    expect((await look(directory, books, { readOnly: false, rebooted: true })).findings).toEqual([])
    await holder.close()
  })
})
