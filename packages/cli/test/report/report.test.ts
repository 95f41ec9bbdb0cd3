import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { damages, fixedAsynchronousRuntime, type DamageCode } from '@varve/damage'
import { applyRepairSync, planRepairSync } from '@varve/inspect'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { openLogSync, type LogOptions } from 'varve'
import { describe, expect, it } from 'vitest'
import { expectGolden } from '../support/golden.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { varve, type Ended } from '../support/terminal.ts'

const now = (): number => 1_764_000_000_000

interface Reported extends Ended {
  readonly page: string
}

async function report(snapshot: MemorySnapshot, directory = 'data', columns?: number): Promise<Reported> {
  const file = join(temporaryDirectory(), 'report.html')
  const ended = await varve(['report', directory, '--html', file], {
    storage: () => memoryStorage({ snapshot }),
    runtime: fixedAsynchronousRuntime(),
    now,
    ...(columns === undefined ? {} : { columns }),
  })
  if (!existsSync(file)) throw new Error(ended.err)
  return { ...ended, out: ended.out.replaceAll(file, 'FILE'), page: readFileSync(file, 'utf8') }
}

type Record = readonly [bytes: number, type: number, timestamp: number]

function logOf(records: readonly Record[], options: Partial<LogOptions> = {}, floor = 1): MemorySnapshot {
  const storage = memoryStorage()
  const log = openLogSync({ storage, segmentBytes: 4096, blockBytes: 128, ...options })
  for (const [bytes, type, timestamp] of records) log.appendSync(new Uint8Array(bytes).fill(7), { type, timestamp })
  if (floor > 1) log.archiveSync(floor)
  log.closeSync()
  return storage.snapshot()
}

/** Text of the page as a reader sees it. */
function textOf(page: string): string {
  return page.slice(page.indexOf('<body>')).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
}

/** Whether every element that is opened is closed, in order. */
function expectWellFormed(page: string): void {
  const open: string[] = []
  for (const [, close, name = '', rest = ''] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)([^>]*)>/gi)) {
    if (['meta', 'br'].includes(name) || rest.endsWith('/')) continue
    if (close === '') open.push(name)
    else expect(open.pop()).toBe(name)
  }
  expect(open).toEqual([])
}

describe('varve report', () => {
  it.each(Object.keys(damages) as DamageCode[])('%s: has it, on one page that loads nothing', async (code) => {
    const { page, code: exit } = await report(damages[code]())
    expectWellFormed(page)
    expect(page).toContain(`<code>${code}</code>`)
    expect(page).not.toMatch(/<script|https?:|src=|@import|url\(|undefined|NaN/)
    expect([0, 1, 2, 5]).toContain(exit)
  })

  it('tells on the terminal where the page is and what it says', async () => {
    const damaged = damages['frame.payload']()
    const shows = [await report(damaged, 'data'), await report(damaged, 'data', 60)]
    expectGolden('report/corrupt', shows.map(({ out }) => out).join('\n'))
    expect(shows.map(({ code }) => code)).toEqual([2, 2])
  })

  it('prints its data as JSON, with and without a page', async () => {
    const snapshot = logOf([[10, 1, 5], [20, 2, 6]])
    const surroundings = { storage: () => memoryStorage({ snapshot }), now }
    const { out } = await varve(['report', 'data', '--json'], surroundings)
    expect(JSON.parse(out)).toMatchObject({
      verdict: 'intact',
      contents: { records: 2, payloadBytes: 30, largestBytes: 20, hasTimestamps: true, unread: [] },
    })
    const neither = await varve(['report', 'data'], surroundings)
    expect(neither.code).toBe(3)
    expect(neither.err).toContain('--html FILE or --json')
  })

  it('of an intact log says what is in it', async () => {
    const records = Array.from({ length: 90 }, (_, at): Record => [at * 3, at % 14, 1_764_000_000_000 + at * 1000])
    const { page, code } = await report(logOf(records, {}, 25))
    expect(code).toBe(0)
    const text = textOf(page)
    expect(text).toContain('nothing has to be done')
    expect(text).toContain('floor: record 25')
    expect(text).toContain('2 others')
    expect(text).toContain('2025-11-24T16:00:24.000Z to 2025-11-24T16:01:29.000Z')
    expect(text).toContain('128-255 B')
    expectWellFormed(page)
  })

  it.each([
    ['days apart', [[1, 0, 1_764_000_000_000], [1, 0, 1_764_900_000_000]], '2025-11-2'],
    ['small numbers', [[1, 0, 1], [1, 0, 90_000_000]], '20M'],
    ['one record', [[1100, 0, 5]], '1.0 KiB to 2.0 KiB'],
    ['without timestamps', [[0, 0, 0], [0, 0, 0]], 'Not used'],
    ['nothing', [], 'None that can be read'],
  ] as const)('draws %s', async (_, records, words) => {
    const { page, code } = await report(logOf(records))
    expect(code).toBe(0)
    expect(textOf(page)).toContain(words)
    expect(page).not.toMatch(/NaN|Infinity/)
  })

  it('shows many segments as cells, and those with damage in full', async () => {
    const records = Array.from({ length: 1500 }, (_, at): Record => [100, at === 900 ? 1 : 0, 0])
    const { files, generation } = logOf(records, { segmentBytes: 4096 })
    const name = [...files.keys()].filter((each) => each.endsWith('.varve')).sort()[5] ?? ''
    const bytes = Uint8Array.from(files.get(name) ?? [])
    bytes[1000]! ^= 1
    const { page, code } = await report({ generation, files: new Map([...files, [name, bytes]]) })
    expect(code).toBe(2)
    const text = textOf(page)
    expect(text).toContain('1 (&lt; 0.1 %)')
    expect(text).toMatch(/9 of \d+, those/)
    expect(page).toContain('class="sealed corrupt"')
    expect(text).toContain('Not read to its end: CORRUPT')
    expect(text).toContain('Of 1 segment not everything could be read')
    expect(text).toMatch(/and \d+ more/)
    expect(page.length).toBeLessThan(150_000)
  })

  it('escapes what comes from outside', async () => {
    const { page } = await report(logOf([[1, 0, 0]]), `<img src=x onerror="alert('&')">\u0007`)
    expect(page).not.toContain('<img')
    expect(page).toContain('&lt;img src=x onerror=&quot;alert(&#39;&amp;&#39;)&quot;&gt;\ufffd')
  })

  it('tells what earlier repairs did', async () => {
    const snapshot = damages['frame.payload']()
    const storage = memoryStorage({ snapshot })
    const plan = planRepairSync(storage)
    applyRepairSync(storage, plan, plan.choices.at(-1)?.id ?? '', { note: 'told to by <Ada>' })
    const repaired = storage.snapshot()
    const text = textOf((await report(repaired)).page)
    expect(text).toContain('Repairs before')
    expect(text).toContain('told to by &lt;Ada&gt;')
    const name = [...repaired.files.keys()].find((each) => each.includes('repair')) ?? ''
    const files = new Map([...repaired.files, [name, new Uint8Array(10)]])
    expect(textOf((await report({ ...repaired, files })).page)).toContain('cannot be read')
  })

  it('of a directory without a log says so', async () => {
    const { page } = await report({ files: new Map(), generation: 0 })
    expect(textOf(page)).toContain('None.')
    expectWellFormed(page)
  })
})
