import { describe, expect, it } from 'vitest'
import { openLogSync, type StreamChunk, type StreamPosition, type StreamStart } from '../../src/index.ts'
import { trailerBytes } from '../../src/format/trailer.ts'
import { segmentsOf, type PlainSegment } from '../support/log-files.ts'
import { failure } from '../support/log-promises.ts'
import { chunksOf, small, storageOf } from '../support/replica-pair.ts'
import { appendSmall } from '../support/replica-parts.ts'

/** Full segments, then one that is cut, and an open one. */
function image(): ReturnType<typeof storageOf> {
  const storage = storageOf()
  appendSmall(openLogSync({ storage, ...small }), 20)
  const survivor = storageOf(storage.snapshot())
  appendSmall(openLogSync({ storage: survivor, ...small }), 3)
  return storageOf(survivor.snapshot())
}

const storage = image()
const chunks = chunksOf(storage)
const segments = segmentsOf(storage.snapshot())
const newest = segments.at(-1) as PlainSegment
const known = chunks.at(-1)?.to as StreamPosition

function text(pieces: readonly StreamChunk[]): string {
  return pieces.map(({ bytes }) => Buffer.from(bytes).toString('hex')).join('')
}

/** All bytes that stand behind a place, by what the pieces say of themselves. */
function behind({ segment, offset }: StreamStart): string {
  const isBehind = ({ from }: StreamChunk): boolean => from.segment > segment || from.offset >= offset
  return text(chunks.filter((chunk) => chunk.from.segment >= segment && isBehind(chunk)))
}

function refused(place: StreamStart): Promise<unknown> {
  return failure('FOREIGN_FILE', () => chunksOf(storage, place))
}

describe('a place that a stream gave', () => {
  it('is where it goes on, byte for byte', () => {
    expect(new Set(chunks.map(({ to }) => to.segment)).size).toBeGreaterThan(2)
    for (const { from, to } of chunks) {
      expect(text(chunksOf(storage, to)), JSON.stringify(to)).toBe(behind(to))
      const isTrailer = from.offset === small.segmentBytes - trailerBytes
      if (!isTrailer) expect(text(chunksOf(storage, from)), JSON.stringify(from)).toBe(behind(from))
    }
  })

  it('may travel as text', () => {
    for (const { to } of chunks) {
      expect(text(chunksOf(storage, JSON.parse(JSON.stringify(to)) as StreamStart))).toBe(behind(to))
    }
  })

  it('may be every place where a frame begins, with or without what can be compared', () => {
    for (const { header, frames } of segments.slice(0, -1)) {
      const segment = header.segmentIndex
      for (const { position } of frames.filter(({ kind }) => kind !== 'mark')) {
        const rest = text(chunksOf(storage, { segment, offset: position }))
        expect(rest.length).toBeGreaterThan(0)
        expect(text(chunks).endsWith(rest)).toBe(true)
      }
    }
  })
})

describe('the end of a full segment', () => {
  const { from } = chunks.find((chunk) => chunk.from.segment === 2 && chunk.from.offset === 0) as StreamChunk
  const end = { segment: 1, offset: small.segmentBytes, logId: from.logId, digest: from.digest }

  it('is where the next one begins', () => {
    expect(segments[0]?.header.cut).toBe(0)
    expect(text(chunksOf(storage, end))).toBe(behind({ segment: 2, offset: 0 }))
    expect(text(chunksOf(storage, { segment: 1, offset: small.segmentBytes }))).toBe(behind({ segment: 2, offset: 0 }))
  })

  it.each([
    ['logId', 'f'.repeat(32)],
    ['digest', 'f'.repeat(16)],
  ] as const)('is refused when its %s is another', async (what, value) => {
    await refused({ ...end, [what]: value })
  })
})

describe('a place that the log never had is refused', () => {
  it.each([
    ['logId', 'f'.repeat(32)],
    ['salt', 'f'.repeat(16)],
    ['digest', 'f'.repeat(16)],
  ] as const)('because its %s is another', async (what, value) => {
    for (const { from, to } of chunks) {
      // Behind a cut, what is there may be more than the segment before it has, and so differ: its owner compares.
      const isCut = ({ segment }: StreamPosition): boolean => (segments[segment - 1]?.header.cut ?? 0) > 0
      const isCompared = (place: StreamPosition): boolean => what !== 'digest' || place.offset > 0 || !isCut(place)
      if (isCompared(to)) await refused({ ...to, [what]: value })
      if (from.offset === 0 && isCompared(from)) await refused({ ...from, [what]: value })
    }
    await refused({ segment: 1, offset: 0, [what]: value })
  })

  it('because it lies in a segment that is not there, now or soon', async () => {
    await refused({ segment: newest.header.segmentIndex + 2, offset: 0 })
    await refused({ segment: newest.header.segmentIndex + 1, offset: 128 })
    await refused({ segment: 2 ** 40, offset: 0 })
    await refused({ segment: newest.header.segmentIndex + 1, offset: 0, logId: 'f'.repeat(32) })
  })

  it('because it lies beyond the durable end', async () => {
    await refused({ ...known, offset: known.offset + 8 })
    await refused({ segment: known.segment, offset: known.offset + 48 })
    await refused({ segment: known.segment, offset: small.segmentBytes })
    await refused({ segment: known.segment, offset: Number.MAX_SAFE_INTEGER })
  })

  it('because no frame begins there, wherever between frames it is', async () => {
    for (const { header, frames, bytes } of segments) {
      const segment = header.segmentIndex
      const cut = segments.find((other) => other.header.segmentIndex === segment + 1)?.header.cut ?? 0
      const end = cut > 0 ? cut : bytes.length
      const places = new Set(frames.flatMap(({ position, end: to }) => [position, to]))
      for (const offset of [0, header.blockBytes, header.capacity]) places.add(offset)
      for (let offset = 0; offset <= end; offset += 8) if (!places.has(offset)) await refused({ segment, offset })
      await refused({ segment, offset: 3 })
      await refused({ segment, offset: header.blockBytes + 1 })
    }
  })

  it('also behind a cut, where it could never have been', async () => {
    const segment = (segments.find(({ header }) => header.cut > 0)?.header.segmentIndex ?? 0) - 1
    await refused({ segment, offset: small.segmentBytes + 8 })
    await refused({ segment, offset: small.segmentBytes - 4 })
    const last = chunksOf(storage, { segment, offset: small.segmentBytes - 8 })
    expect(text(last)).toBe(behind({ segment: segment + 1, offset: 0 }))
  })

  it('and nonsense is an argument that is invalid', async () => {
    for (const place of [
      { segment: 0, offset: 0 },
      { segment: 1, offset: -8 },
      { segment: 1.5, offset: 0 },
      { segment: 1, offset: Number.NaN },
      { segment: Number.POSITIVE_INFINITY, offset: 0 },
      { segment: 1, offset: 2 ** 60 },
    ]) await failure('INVALID_ARGUMENT', () => chunksOf(storage, place))
  })

  it('and so is every place in a directory that holds nothing', async () => {
    const empty = storageOf()
    await failure('FOREIGN_FILE', () => chunksOf(empty, { segment: 1, offset: 0 }))
    expect(chunksOf(empty)).toEqual([])
  })
})
