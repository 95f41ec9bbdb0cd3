import { isVarveError, wordToBytes, xxh64, type VarveError } from '@varve/codec'
import { memoryDisk, memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, openLogSync, type LogOptions } from '../../src/index.ts'
import { buildImage, continueImage, smallGeometry, withFile, withoutFile } from '../support/damage-image.ts'
import { expectUnchanged } from '../support/damage-verdict.ts'
import { quiet } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { segmentsOf, type PlainFrame, type PlainSegment } from '../support/log-files.ts'
import { failure } from '../support/log-promises.ts'
import { payload, plain, readAll, type PlainRecord } from '../support/log-records.ts'

const image = buildImage()
const segments = segmentsOf(image.snapshot)

interface IntactParts {
  readonly found: readonly PlainRecord[]
  /** One for each record that could not be read. */
  readonly errors: readonly VarveError[]
  /** Of the report. */
  readonly damage: readonly unknown[]
}

/** What a reader gets of a damaged log that begins again behind every record that it cannot read. */
async function intactParts(
  snapshot: MemorySnapshot,
  options: Partial<LogOptions> = {},
): Promise<IntactParts> {
  const log = await openLog({ storage: memoryStorage({ snapshot }), readOnly: true, ...options })
  const found: PlainRecord[] = []
  const errors: VarveError[] = []
  for (let from = log.firstSequence; from <= log.lastSequence; ) {
    try {
      for await (const record of log.read({ from })) {
        found.push(plain(record))
        from = record.sequence + 1
      }
      break
    } catch (error) {
      if (!isVarveError(error, 'CORRUPT')) throw error
      errors.push(error)
      from += 1
    }
  }
  await log.close()
  return { found, errors, damage: log.recovery.damage }
}

function overwritten({ name, bytes }: PlainSegment, { position }: PlainFrame): MemorySnapshot {
  return withFile(image.snapshot, name, bytes.slice().fill(0xa5, position + 41, position + 44))
}

/** The last record that the segment itself proves: all before a SEAL, else what a frame claims to have been durable. */
function provenLast({ frames, header }: PlainSegment): number {
  const isSealed = frames.at(-1)?.kind === 'seal'
  const durableEnd = Math.max(header.bornEnd, ...frames.map((frame) => frame.durableEnd))
  const units = frames.filter(({ flags, end }) => (flags & 2) === 0 && (isSealed || end <= durableEnd))
  return units.at(-1)?.sequence ?? header.firstSequence - 1
}

describe('a log that is opened for reading', () => {
  it('takes no lock, changes nothing and reads everything', async () => {
    const disk = new ControlledStorage({ snapshot: image.snapshot })
    const log = await openLog({ storage: disk.storage, readOnly: true })
    expect(await readAll(log)).toEqual(image.records)
    expect(log.recovery).toMatchObject({ created: false, cleanShutdown: true, row: 'last.clean-shutdown', damage: [] })
    expect([log.firstSequence, log.lastSequence, log.durableSequence]).toEqual([1, 68, 68])
    await log.close()
    const kinds = new Set(disk.operations.map(({ kind, detail }) => `${kind} ${detail}`.trim()))
    expect([...kinds].sort()).toEqual(['close', 'list', 'open read', 'read', 'size'])
    expectUnchanged(image.snapshot, disk.snapshot())
    expect(disk.openFiles).toEqual([])
  })

  it('refuses to write', async () => {
    const log = await openLog({ storage: memoryStorage({ snapshot: image.snapshot }), readOnly: true })
    const calls = [
      () => log.append(payload(1)),
      () => log.appendBatch([payload(1)]),
      () => log.enqueue(payload(1)),
      () => log.flush(),
      () => log.sync(),
      () => log.stats(),
    ]
    for (const call of calls) await failure('READ_ONLY', call)
    await log.close()
    await log.close()
  })

  it('may be empty, or not there at all', async () => {
    const log = await openLog({ storage: memoryStorage(), readOnly: true })
    expect(await readAll(log)).toEqual([])
    expect(await log.get(1)).toBeUndefined()
    expect([log.firstSequence, log.lastSequence, log.durableSequence, log.segments.length]).toEqual([1, 0, 0, 0])
    await log.close()
  })

  it('sees beside a writer what is written, or what is known durable when it asks for that', async () => {
    const disk = memoryDisk()
    const writer = await openLog({ storage: memoryStorage({ disk }), ...smallGeometry, durability: 'async' })
    for (let n = 1; n <= 20; n += 1) await writer.append(payload(n))
    await writer.sync()
    await quiet()
    for (let n = 21; n <= 30; n += 1) await writer.append(payload(n))
    const log = await openLog({ storage: memoryStorage({ disk }), readOnly: true })
    expect(await readAll(log)).toHaveLength(30)
    expect(log.durableSequence).toBe(20)
    expect(await readAll(log, { visibility: 'durable' })).toHaveLength(20)
    const durable = await openLog({ storage: memoryStorage({ disk }), readOnly: true, visibility: 'durable' })
    expect(await readAll(durable)).toHaveLength(20)
    await writer.close()
  })

  it('leaves the tail of a dead writer as it is, and shows what of it is whole', async () => {
    const snapshot = continueImage(undefined, { ...smallGeometry, durability: 'async' }, 'crash', (log) => {
      for (let n = 1; n <= 5; n += 1) log.appendSync(payload(n, 40))
      log.appendBatchSync([payload(6), payload(7)])
    })
    const [segment] = segmentsOf(snapshot) as [PlainSegment]
    const torn = withFile(snapshot, segment.name, segment.bytes.slice(0, (segment.frames[6]?.position ?? 0) + 20))
    const storage = memoryStorage({ snapshot: torn })
    const log = await openLog({ storage, readOnly: true })
    expect(await readAll(log)).toHaveLength(5)
    expect(log.recovery).toMatchObject({ row: 'last.torn-batch', lastSequence: 5 })
    expectUnchanged(torn, storage.snapshot())
  })
})

describe('a damaged log that is opened for reading', () => {
  it.each(['seals', 'all'] as const)('gives all but the bad frame and its followers (verify %s)', async (verify) => {
    for (const [at, segment] of segments.slice(0, -1).entries()) {
      const { cut, firstSequence: next } = (segments[at + 1] as PlainSegment).header
      const victim = segment.frames.filter(({ kind, end }) => kind === 'record' && end <= (cut || 4096))[1]
      if (victim === undefined) continue
      const { found, errors, damage } = await intactParts(overwritten(segment, victim), { verify })
      expect(found).toEqual(image.records.filter(({ sequence }) => sequence < victim.sequence || sequence >= next))
      expect(errors).toHaveLength(next - victim.sequence)
      expect(errors[0]?.context).toMatchObject({ file: segment.name })
      if (verify === 'all') expect(damage[0]).toMatchObject({ file: segment.name, position: victim.position })
    }
  })

  /** What can be shown when the segment at `gone` cannot be read: of the one before only what something proves. */
  function withoutSegment(gone: number): readonly PlainRecord[] {
    const before = segments[gone - 1]
    const last = before === undefined ? 0 : provenLast(before)
    const next = segments[gone + 1]?.header.firstSequence ?? Number.MAX_SAFE_INTEGER
    return image.records.filter(({ sequence }) => sequence <= last || sequence >= next)
  }

  it('says which records are missing with a segment that is gone', async () => {
    for (const [at, { name, header }] of segments.entries()) {
      if (at === 0 || at === segments.length - 1) continue
      const { found, errors, damage } = await intactParts(withoutFile(image.snapshot, name))
      expect(found).toEqual(withoutSegment(at))
      expect(found.length + errors.length).toBe(image.records.length)
      expect(damage).toMatchObject([{ row: 'names.gap', file: segments[at + 1]?.name }])
      const written = await intactParts(withoutFile(image.snapshot, name), { visibility: 'written' })
      expect(written.found.filter(({ sequence }) => sequence < header.firstSequence)).toEqual(
        image.records.slice(0, header.firstSequence - 1),
      )
    }
  })

  it('says that the first records are missing, and not that they were reclaimed', async () => {
    const [first, second] = segments as [PlainSegment, PlainSegment]
    const snapshot = withoutFile(image.snapshot, first.name)
    const { found, errors, damage } = await intactParts(snapshot)
    const next = second.header.firstSequence
    expect(found).toEqual(image.records.slice(next - 1))
    expect(errors).toHaveLength(next - 1)
    const noted = { row: 'names.first-above-floor', file: second.name, firstSequence: 1, lastSequence: next - 1 }
    expect(damage).toMatchObject([noted])
    const log = await openLog({ storage: memoryStorage({ snapshot }), readOnly: true })
    expect(log.firstSequence).toBe(1)
    await failure('CORRUPT', () => log.get(1))
    expect(await log.get(next)).toMatchObject({ sequence: next })
  })

  it('shows of the last segment only what is proven, unless it is asked for what is written', async () => {
    const last = segments.at(-1) as PlainSegment
    const victim = last.frames[3] as PlainFrame
    const damaged = overwritten(last, victim)
    const { found, damage } = await intactParts(damaged)
    expect(found).toEqual(image.records.filter(({ sequence }) => sequence < victim.sequence))
    const { position, sequence: firstSequence } = victim
    expect(damage).toMatchObject([{ row: 'last.below-durable-end', file: last.name, position, firstSequence }])
  })

  it('opens although a header is gone, and names the file', async () => {
    for (const [at, { name, bytes }] of segments.entries()) {
      const { found, damage } = await intactParts(withFile(image.snapshot, name, bytes.slice().fill(0, 0, 128)))
      expect(found).toEqual(withoutSegment(at))
      expect(damage).toContainEqual(expect.objectContaining({ row: 'header.invalid', file: name, position: 0 }))
    }
  })

  it('is refused when it is foreign or too new, as for writing', async () => {
    const other = buildImage()
    const [first] = segments as [PlainSegment]
    const bytes = other.snapshot.files.get(first.name) as Uint8Array<ArrayBuffer>
    const foreign = withFile(image.snapshot, first.name, bytes)
    await failure('FOREIGN_FILE', () => openLog({ storage: memoryStorage({ snapshot: foreign }), readOnly: true }))
    const newer = first.bytes.slice()
    newer[8] = 2
    newer.set(wordToBytes(xxh64(newer.subarray(0, 120), { low: 0, high: 0 })), 120)
    const snapshot = withFile(image.snapshot, first.name, newer)
    await failure('UNSUPPORTED_FORMAT', () => openLogSync({ storage: memoryStorage({ snapshot }), readOnly: true }))
  })
})
