import { Buffer } from 'node:buffer'
import { createKernel, wordToHex } from '@varve/codec'
import { synchronousRuntime, type Procedure } from '@varve/storage'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scanLastSegment } from '../../src/recover/last-segment.ts'
import { checkClosed } from '../../src/recover/sealed.ts'
import { survey } from '../../src/recover/survey.ts'
import { judge } from '../../src/recover/table.ts'
import { openLog, type LogOptions } from '../../src/index.ts'
import { crc32, xxh64 } from './independent-checksums.ts'
import { Refusal, type Frame } from './independent-decoder.ts'
import { decodeLog, type DecodedLog } from './independent-log.ts'
import { filesOf, writeLog, type BookEntry, type Step, type WrittenLog } from './written-log.ts'

/** More of them with RUNS=10000 in the environment. */
const numRuns = Number(process.env.RUNS ?? 400)

const small = { segmentBytes: 4096, blockBytes: 128 }

const optionSets: readonly Omit<LogOptions, 'storage'>[] = [
  small,
  { ...small, checksum: 'crc32' },
  { ...small, durability: 'async' },
  { segmentBytes: 8192, blockBytes: 512, commitAlignment: 'block' },
  { segmentBytes: 8192, blockBytes: 512, commitAlignment: 'block', checksum: 'crc32', durability: 'async' },
]

const payload = fc.oneof(
  fc.uint8Array({ maxLength: 24 }),
  fc.integer({ min: 25, max: 900 }).map((length) => new Uint8Array(length).fill(length)),
)

const append: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('append'),
  payload,
  type: fc.integer({ min: 0, max: 65_535 }),
})

const batch: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('batch'),
  payloads: fc.array(payload, { minLength: 1, maxLength: 3 }),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: append },
  { weight: 3, arbitrary: batch },
  { weight: 4, arbitrary: fc.constantFrom<Step>({ do: 'sync' }, { do: 'flush' }, { do: 'close' }, { do: 'kill' }) },
)

/** In the `async` mode nothing proves these records durable. */
const carried: readonly Step[] = [
  { do: 'append', payload: new Uint8Array(50) },
  { do: 'append', payload: new Uint8Array(60) },
  { do: 'kill' },
]

/** A log of several segments, in several lives. */
const written: fc.Arbitrary<{ steps: Step[]; options: Omit<LogOptions, 'storage'>; seed: number }> = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 24 }),
  options: fc.constantFrom(...optionSets),
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
})

function entryOf({ sequence, timestamp, type, continues, payload: bytes }: Frame): BookEntry {
  return { sequence, timestamp, type, continues, payload: bytes.toString('hex') }
}

/** Runs a procedure on storage in memory, which is synchronous. */
function run<T>(procedure: Procedure<T>): T {
  return synchronousRuntime().run(procedure) as T
}

/** The end of every segment, its SEAL and its digest, as the code of this package finds them. */
function endsByTheCode({ snapshot }: WrittenLog): unknown[] {
  const storage = memoryStorage({ snapshot })
  const kernel = createKernel(65_536, 'portable')
  const { segments } = run(survey(storage))
  // A segment that was cut before its first record is archived from its birth on: the floor is at least 1.
  const live = segments.filter((_, at) => (segments[at + 1]?.firstSequence ?? 2) > 1)
  return live.map((segment, at) => {
    const next = live[at + 1]
    if (next === undefined) {
      const { contents, facts } = run(scanLastSegment(storage, segment, kernel, synchronousRuntime()))
      return [segment.name, contents.end, wordToHex(contents.chain), judge(facts).id, facts.durableEnd]
    }
    const settings = { storage, runtime: synchronousRuntime(), verify: 'all' } as const
    const { segment: closed, seal } = run(checkClosed(settings, segment, next, kernel))
    return [segment.name, closed.end, wordToHex(next.header.chain), seal && { ...seal, chain: wordToHex(seal.chain) }]
  })
}

function endsByThePage({ segments, row, durableEnd }: DecodedLog): unknown[] {
  return segments.map(({ name, end, chain, state, seal }) => {
    const digest = hex(chain)
    if (state === 'last') return [name, end, digest, row, durableEnd]
    const plain = seal && { ...seal, chain: hex(seal.chain), checkpoints: new Uint8Array(seal.checkpoints) }
    return [name, end, digest, plain]
  })
}

function hex(word: bigint): string {
  return word.toString(16).padStart(16, '0')
}

describe('the checksums of the page', () => {
  it('are the public functions of these names', () => {
    expect(hex(xxh64(Buffer.alloc(0), 0n))).toBe('ef46db3751d8e999')
    expect(hex(xxh64(Buffer.from('abc'), 0n))).toBe('44bc2cf5ad770999')
    expect(hex(xxh64(Buffer.from('Nobody inspects the spammish repetition'), 0n))).toBe('fbcea83c8a378bf1')
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926)
  })
})

describe('a decoder written from docs/FORMAT.md alone', () => {
  it('agrees with the code on every record, end, SEAL and chain digest', async () => {
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(written, async ({ steps, options, seed }) => {
        const log = await writeLog(options, [{ do: 'append', payload: new Uint8Array(1) }, ...steps], seed)
        const decoded = decodeLog(log.files)
        expect(decoded.records.map(entryOf)).toEqual(log.books)
        expect(endsByThePage(decoded)).toEqual(endsByTheCode(log))
        for (const { state } of decoded.segments) seen.add(state)
        seen.add(decoded.row)
      }),
      { numRuns: 150 },
    )
    expect([...seen].sort()).toEqual(['cut', 'last', 'last.clean-end', 'last.clean-shutdown', 'sealed'])
  })

  it('finds a born end behind exactly the records that were carried over', async () => {
    await fc.assert(
      fc.asyncProperty(written, async ({ steps, options, seed }) => {
        const { segments } = decodeLog((await writeLog(options, [...steps, ...carried, ...steps], seed)).files)
        for (const { header, frames } of segments) {
          for (const { offset, durableEnd } of frames) {
            expect(durableEnd === 0, `${offset} of ${header.bornEnd}`).toBe(offset < header.bornEnd)
          }
        }
        expect(segments.some(({ header }) => header.cut > 0)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it('comes to the same verdict as the code about damage of any kind, anywhere', async () => {
    const verdicts = new Set<string>()
    await fc.assert(
      fc.asyncProperty(written, fc.array(stroke, { minLength: 1, maxLength: 3 }), async (log, strokes) => {
        const steps: Step[] = [{ do: 'append', payload: new Uint8Array(9) }, ...log.steps]
        const { snapshot } = await writeLog(log.options, steps, log.seed)
        const damaged = damage(snapshot, strokes)
        const byTheCode = await verdictOfTheCode(damaged)
        expect(verdictOfThePage(filesOf(damaged))).toEqual(byTheCode)
        verdicts.add(byTheCode.verdict)
      }),
      { numRuns },
    )
    // Each row of the table has a log of its own in fixtures/format-1; here it is enough that the dice are not loaded.
    expect([...verdicts]).toEqual(expect.arrayContaining(['CORRUPT', 'last.clean-end', 'last.torn-tail']))
  })
})

/** Bytes that are overwritten, or a segment that is gone. */
interface Stroke {
  /** Segments from the end, so that small numbers are the interesting ones. */
  readonly fromEnd: number
  /** Place, as a share of what the segment holds and a little more. */
  readonly at: number
  readonly length: number
  readonly how: 'zeros' | 'garbage' | 'flip' | 'cut' | 'remove'
}

const stroke: fc.Arbitrary<Stroke> = fc.record({
  fromEnd: fc.constantFrom(0, 0, 0, 1, 2),
  at: fc.oneof(fc.double({ min: 0, max: 1.1, noNaN: true }), fc.double({ min: 0.8, max: 1, noNaN: true })),
  length: fc.integer({ min: 1, max: 300 }),
  how: fc.constantFrom<Stroke['how']>('zeros', 'zeros', 'garbage', 'garbage', 'flip', 'flip', 'cut', 'remove'),
})

function damage(snapshot: MemorySnapshot, strokes: readonly Stroke[]): MemorySnapshot {
  const files = new Map(snapshot.files)
  for (const { fromEnd, at, length, how } of strokes) {
    const name = [...files.keys()].filter((file) => /^[0-9a-f]{8}-/.test(file)).sort().at(-1 - fromEnd)
    const bytes = name === undefined ? undefined : files.get(name)?.slice()
    if (name === undefined || bytes === undefined) continue
    const from = Math.floor(at * (bytes.findLastIndex((byte) => byte !== 0) + 1))
    if (how === 'zeros') bytes.fill(0, from, from + length)
    else if (how === 'garbage') bytes.fill(length, from, from + length)
    else if (how === 'flip' && from < bytes.length) bytes[from] = (bytes[from] ?? 0) ^ (1 << (length % 8))
    if (how === 'remove' && at > 0.9) files.delete(name)
    else files.set(name, how === 'cut' ? bytes.slice(0, from) : bytes)
  }
  return { ...snapshot, files }
}

interface Outcome {
  readonly verdict: string
  readonly records: readonly unknown[]
}

function verdictOfThePage(files: ReadonlyMap<string, Buffer>): Outcome {
  try {
    const { row, records } = decodeLog(files)
    return { verdict: row, records: records.map((record) => [record.sequence, record.payload.toString('hex')]) }
  } catch (error) {
    if (error instanceof Refusal) return { verdict: error.code, records: [] }
    throw error
  }
}

async function verdictOfTheCode(snapshot: MemorySnapshot): Promise<Outcome> {
  try {
    const log = await openLog({ storage: memoryStorage({ snapshot }), ...small, verify: 'all' })
    const records: unknown[] = []
    for await (const { sequence, payload: bytes } of log.read()) {
      records.push([sequence, Buffer.from(bytes).toString('hex')])
    }
    await log.close()
    return { verdict: log.recovery.row ?? 'none', records }
  } catch (error) {
    return { verdict: (error as { code: string }).code, records: [] }
  }
}
