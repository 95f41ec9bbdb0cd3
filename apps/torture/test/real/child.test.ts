import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Books } from '../../src/real/books.ts'
import { Child } from '../../src/real/child.ts'
import { look } from '../../src/real/look.ts'
import { MessageReader, type WriterOrders } from '../../src/real/messages.ts'
import { temporaryDirectory } from './support/temporary.ts'

const seed = 3

function orders(directory: string, changes: Partial<WriterOrders> = {}): WriterOrders {
  return {
    directory,
    seed,
    life: 1,
    durability: 'group',
    synchronous: false,
    producers: 4,
    segmentBytes: 4096,
    blockBytes: 128,
    records: 40,
    lie: 'none',
    ...changes,
  }
}

describe('a writing process', () => {
  it.each([true, false])('tells the books what it does, to the end (synchronous: %s)', async (synchronous) => {
    const directory = temporaryDirectory()
    const books = new Books(seed)
    const course = await new Child(orders(directory, { synchronous }), books, temporaryDirectory()).ended
    expect(course).toMatchObject({ opened: true, closed: true, killed: false, failures: [], findings: [] })
    expect(books.acknowledgements).toBeGreaterThanOrEqual(40)
    books.ended('power')
    expect(await look(directory, books, { readOnly: false })).toMatchObject({
      findings: [],
      last: books.acknowledgements,
      recovery: { cleanShutdown: true },
    })
  })

  it('that was told to wait opens the log and appends nothing', async () => {
    const books = new Books(seed)
    const child = new Child(orders(temporaryDirectory(), { records: 0 }), books, temporaryDirectory())
    await child.opened
    expect(await child.kill()).toMatchObject({ opened: true, closed: false, killed: true, findings: [] })
    expect(books.acknowledgements).toBe(0)
  })

  it('that cannot open the log says why', async () => {
    const file = join(temporaryDirectory(), 'file')
    writeFileSync(file, '')
    const child = new Child(orders(join(file, 'log')), new Books(seed), temporaryDirectory())
    await child.opened
    expect(await child.ended).toMatchObject({ opened: false, findings: [], failures: [{ doing: 'open', code: 'IO' }] })
  })

  it('that dies of something else is a finding', async () => {
    const environment = { NODE_OPTIONS: '--no-such-option-of-node' }
    const child = new Child(orders(temporaryDirectory()), new Books(seed), temporaryDirectory(), environment)
    const { opened, findings } = await child.ended
    expect(opened).toBe(false)
    expect(findings[0]?.found).toContain('--no-such-option-of-node')
  })
})

describe('what a process said', () => {
  it('is put together from pieces, and a line that a kill cut short was not said', () => {
    const reader = new MessageReader()
    const messages = ['{"kind":"attem', 'pted","through":3}\n{"kind":"closed"}\n{"kind":"cov'].flatMap((chunk) =>
      reader.read(chunk),
    )
    expect(messages).toEqual([{ kind: 'attempted', through: 3 }, { kind: 'closed' }])
  })
})
