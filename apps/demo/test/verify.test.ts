import { isVarveError, memoryStorage, openLog } from 'varve'
import { describe, expect, it } from 'vitest'
import { Ledger, Violation } from '../src/ledger.ts'
import { readSourceFile, type SourceFile } from '../src/source-file.ts'
import { verify } from '../src/verify.ts'
import { recovery } from './support/recovery.ts'
import { temporaryFile } from './support/temporary.ts'

const text = ['alpha', 'beta', '']
const source = (): SourceFile => readSourceFile(temporaryFile(`${text.join('\n')}\n`))

interface Written {
  readonly payload: string
  readonly type?: number
  readonly timestamp?: number
}

/** A log of these records, closed. Unless it says otherwise a record is what the demo would write. */
async function logOf(records: readonly Written[]): Promise<ReturnType<typeof memoryStorage>> {
  const storage = memoryStorage()
  const log = await openLog({ storage, segmentBytes: 8192, blockBytes: 128 })
  for (const [at, { payload, type = 1, timestamp = at + 1 }] of records.entries()) {
    await log.append(new TextEncoder().encode(payload), { type, timestamp })
  }
  await log.close()
  return storage
}

/** The books of one child that had `acknowledged` records acknowledged and closed the log. */
function booksOf(acknowledged: number): Ledger {
  const books = new Ledger()
  books.opened(1, recovery(0))
  books.acknowledge(1, Array.from({ length: acknowledged }, (_, at) => at + 1), 1)
  books.closed()
  return books
}

const line = (at: number): Written => ({ payload: text[at % 3] ?? '' })
const good = (count: number): Written[] => Array.from({ length: count }, (_, at) => line(at))

async function violation(records: readonly Written[], books = booksOf(records.length)): Promise<string> {
  const storage = await logOf(records)
  const error: unknown = await verify({ storage }, source(), books).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(Violation)
  return (error as Violation).message
}

describe('the proof', () => {
  it('accepts a log with every line, over several laps', async () => {
    const verified = await verify({ storage: await logOf(good(7)) }, source(), booksOf(7))
    expect(verified).toMatchObject({ records: 7, payloadBytes: 2 * 9 + 5, segments: 1 })
  })

  it('names a record whose bytes are not those of its line', async () => {
    const records = [...good(4), { payload: 'bet\0' }, line(5)]
    expect(await violation(records)).toMatch(/^record 5 \(line 2, in 00000001-.*\.varve\): its 4 bytes/)
  })

  it('notices a line that is there twice, even where neighbours are the same', async () => {
    const records = [line(0), line(1), line(2), { ...line(0), timestamp: 3 }]
    expect(await violation(records)).toBe(
      'record 4 (line 1, in 00000001-0000000000000001.varve): it was written to be record 3',
    )
  })

  it('notices a record that was lost and that a later child wrote again', async () => {
    const records = [line(0), { ...line(1), type: 2 }]
    expect(await violation(records)).toMatch(/child 2 wrote it, not child 1: it was lost and written again/)
  })

  it('notices that the end of what was acknowledged is missing', async () => {
    expect(await violation(good(3), booksOf(4))).toBe('record 4 is missing: records up to 4 were acknowledged')
  })

  it('notices records that nobody appended', async () => {
    expect(await violation(good(4), booksOf(3))).toBe('the log has 4 records where it was closed behind record 3')
  })

  it('accepts unacknowledged records of a child that was killed', async () => {
    const books = new Ledger()
    books.opened(1, recovery(0))
    books.acknowledge(1, [1], 1)
    expect(await verify({ storage: await logOf(good(3)) }, source(), books)).toMatchObject({ records: 3 })
  })

  it.each([
    ['in a record', 1000],
    ['in the zeros that no reader ever looks at', 8192 - 200],
  ])('reads every byte: damage %s is an error that names the file', async (_where, position) => {
    const storage = await logOf(good(500))
    const [name = ''] = [...(await storage.list())].sort()
    const file = await storage.open(name, 'existing')
    const byte = new Uint8Array(1)
    await file.read(byte, position)
    await file.write(byte.map((value) => value ^ 1), position)
    await file.close()
    const error: unknown = await verify({ storage }, source(), booksOf(500)).catch((error: unknown) => error)
    expect(isVarveError(error, 'CORRUPT') && error.context.file).toBe(name)
  })
})
