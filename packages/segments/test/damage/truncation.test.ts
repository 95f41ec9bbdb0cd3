import { isVarveError } from '@varve/codec'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLogSync } from '../../src/index.ts'
import { buildImage, continueImage, smallGeometry, withFile, type ImageOptions } from '../support/damage-image.ts'
import { expectUnchanged } from '../support/damage-verdict.ts'
import { segmentsOf, type PlainFrame, type PlainSegment } from '../support/log-files.ts'
import { payload, readAllSync, type PlainRecord } from '../support/log-records.ts'

/** The last frames of whole units: where a log may end. */
function unitEnds(frames: readonly PlainFrame[]): readonly PlainFrame[] {
  return frames.filter(({ flags }) => (flags & 2) === 0)
}

/** The number of the last record of the last unit that ends at or before `size`. */
function lastWithin(segment: PlainSegment, size: number): number {
  const ends = unitEnds(segment.frames).filter(({ end, kind }) => end <= size && kind !== 'mark')
  return ends.at(-1)?.sequence ?? segment.header.firstSequence - 1
}

/** What an open finds; of one that is refused the code alone. */
interface Found {
  readonly code: string
  readonly records: readonly PlainRecord[]
  readonly row: string
}

function open(snapshot: MemorySnapshot, options: ImageOptions): Found {
  const storage = memoryStorage({ snapshot })
  try {
    const log = openLogSync({ storage, ...options })
    const records = readAllSync(log)
    log.closeSync()
    return { code: '', records, row: String(log.recovery.row) }
  } catch (error) {
    if (!isVarveError(error)) throw error
    expectUnchanged(snapshot, storage.snapshot())
    return { code: error.code, records: [], row: '' }
  }
}

/** Cuts the last segment at every length and checks what is left; returns the rows of the table that decided. */
function cutEverywhere(snapshot: MemorySnapshot, options: ImageOptions): ReadonlySet<string> {
  const whole = open(snapshot, options)
  if (whole.code !== '') throw new Error(`the log cannot be opened: ${whole.code}`)
  const last = segmentsOf(snapshot).at(-1) as PlainSegment
  const rows = new Set<string>()
  for (let size = 0; size <= last.bytes.length; size += 1) {
    const found = open(withFile(snapshot, last.name, last.bytes.slice(0, size)), options)
    if (size < last.header.bornEnd) {
      // What a segment was born with was durable before it had its name.
      expect(found.code).toBe('CORRUPT')
      continue
    }
    if (found.code !== '') throw new Error(`${found.code} at ${size} bytes`)
    expect(found.records).toEqual(whole.records.slice(0, lastWithin(last, size)))
    rows.add(found.row)
  }
  return rows
}

describe('the last segment of a log that was closed, cut at any length', () => {
  it('leaves every whole record and batch below the cut, and never half a batch', () => {
    const { snapshot, options } = buildImage()
    const rows = cutEverywhere(snapshot, options)
    expect([...rows].sort()).toEqual(['last.clean-end', 'last.clean-shutdown', 'last.torn-batch', 'last.torn-tail'])
  })
})

describe('the last segment of a log whose process died, cut at any length', () => {
  const batch = [payload(1, 30), payload(2, 0), payload(3, 61)]

  it('in the sync mode', () => {
    const snapshot = continueImage(undefined, smallGeometry, 'crash', (log) => {
      log.appendSync(payload(4, 100))
      log.appendBatchSync(batch)
      log.appendSync(payload(5, 7))
    })
    expect([...cutEverywhere(snapshot, smallGeometry)].sort()).toEqual([
      'last.clean-end',
      'last.torn-batch',
      'last.torn-tail',
    ])
  })

  it('in the async mode, born with records that an earlier death had left unproven', () => {
    const options = { ...smallGeometry, durability: 'async' } as const
    const before = continueImage(undefined, options, 'crash', (log) => {
      log.appendSync(payload(1, 100))
      log.appendBatchSync(batch)
    })
    const snapshot = continueImage(before, options, 'crash', (log) => {
      expect(log.recovery.carriedRecords).toBe(4)
      log.appendBatchSync(batch)
      log.appendSync(payload(2, 50))
    })
    cutEverywhere(snapshot, options)
  })

  it('with padded blocks', () => {
    const options = { ...smallGeometry, commitAlignment: 'block' } as const
    const snapshot = continueImage(undefined, options, 'crash', (log) => {
      log.appendSync(payload(1, 100))
      log.appendBatchSync(batch)
      log.appendSync(payload(2, 50))
    })
    cutEverywhere(snapshot, options)
  })

  it('when it is sealed and its successor was never born', () => {
    const { snapshot, options } = buildImage()
    const all = segmentsOf(snapshot)
    const files = new Map([...snapshot.files].filter(([name]) => name !== all.at(-1)?.name))
    const rows = cutEverywhere({ ...snapshot, files }, options)
    expect(rows).toContain('last.interrupted-rotation')
  })
})

describe('what stands above the end of the last segment', () => {
  it('is corruption when it proves that something below it had been durable', () => {
    const snapshot = continueImage(undefined, smallGeometry, 'crash', (log) => {
      for (let n = 1; n <= 6; n += 1) log.appendSync(payload(n, 50))
    })
    const [segment] = segmentsOf(snapshot) as [PlainSegment]
    const records = segment.frames.filter(({ kind }) => kind === 'record')
    for (const { position, end } of records.slice(0, -1)) {
      const bytes = segment.bytes.slice()
      bytes.fill(0, position, end)
      expect(open(withFile(snapshot, segment.name, bytes), smallGeometry)).toMatchObject({ code: 'CORRUPT' })
    }
  })

  it('makes a goodbye none: what was said before it may be appended to, and what stands behind come back', () => {
    const { snapshot, options, records } = buildImage()
    const { name, bytes, frames } = segmentsOf(snapshot).at(-1) as PlainSegment
    const end = frames.at(-1)?.end as number
    for (const at of [end, end + 7, end + 1000, bytes.length - 1]) {
      const dirty = bytes.slice()
      dirty[at] = 1
      const storage = memoryStorage({ snapshot: withFile(snapshot, name, dirty) })
      const log = openLogSync({ storage, ...options })
      expect(log.recovery).toMatchObject({ row: 'last.torn-tail', cleanShutdown: false, carriedRecords: 0 })
      expect(log.recovery.discarded).toMatchObject({ file: name, position: end, bytes: bytes.length - end })
      log.appendSync(payload(1))
      expect(readAllSync(log)).toHaveLength(records.length + 1)
      expect(log.segments.at(-1)?.name).not.toBe(name)
      log.closeSync()
    }
  })

  it('is a torn tail when it proves nothing, and is refused on request', () => {
    const options = { ...smallGeometry, durability: 'async' } as const
    const snapshot = continueImage(undefined, options, 'crash', (log) => {
      for (let n = 1; n <= 6; n += 1) log.appendSync(payload(n, 50))
    })
    const [segment] = segmentsOf(snapshot) as [PlainSegment]
    segment.frames.forEach(({ position, end }, at) => {
      const bytes = segment.bytes.slice()
      bytes.fill(0, position, end)
      const damaged = withFile(snapshot, segment.name, bytes)
      const found = open(damaged, options)
      if (found.code !== '') throw new Error(found.code)
      expect(found.records).toHaveLength(at)
      const isLast = at === segment.frames.length - 1
      expect(found.row).toBe(isLast ? 'last.clean-end' : 'last.torn-tail')
      expect(open(damaged, { ...options, tornTail: 'refuse' }).code).toBe(isLast ? '' : 'TORN_TAIL')
    })
  })
})
