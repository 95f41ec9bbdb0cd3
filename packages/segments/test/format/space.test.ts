import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame, Header } from './independent-decoder.ts'
import { decodeLog } from './independent-log.ts'
import { writeLog, type Step } from './written-log.ts'

/* The rules of docs/FORMAT.md, sections 6 and 8, written out once more. */

function contentLimit(capacity: number): number {
  const entries = Math.min(1024, Math.floor(capacity / 65_536))
  return capacity - (40 + Math.ceil((56 + 512 + 16 * entries) / 8) * 8 + 64)
}

function padded(end: number, blockBytes: number): number {
  const multiple = Math.ceil(end / blockBytes) * blockBytes
  return multiple === end || multiple - end >= 40 ? multiple : multiple + blockBytes
}

/** The bytes of the first unit of a segment. */
function firstUnit(frames: readonly Frame[]): number {
  const last = frames.findIndex(({ continues }) => !continues)
  return frames.slice(0, last + 1).reduce((bytes, { size }) => bytes + size, 0)
}

/** Offsets that the writer notes in the sparse index. */
function indexed(header: Header, frames: readonly Frame[]): { sequence: number; offset: number }[] {
  const stride = Math.max(65_536, Math.ceil(header.capacity / 1024))
  const entries: { sequence: number; offset: number }[] = []
  let due = header.blockBytes + stride
  frames.forEach(({ offset, sequence, isControl }, at) => {
    if (isControl || frames[at - 1]?.continues === true || offset < due) return
    entries.push({ sequence, offset })
    due = offset + stride
  })
  return entries
}

const sizes = fc.array(fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 3 }), {
  minLength: 20,
  maxLength: 30,
})

function stepsOf(batches: readonly (readonly number[])[]): Step[] {
  return batches.map((lengths) => ({ do: 'batch', payloads: lengths.map((length) => new Uint8Array(length).fill(7)) }))
}

describe('the space of a segment', () => {
  it.each(['frame', 'block'] as const)('rolls over exactly where the page says, aligned to a %s', async (alignment) => {
    await fc.assert(
      fc.asyncProperty(sizes, async (batches) => {
        const options = { segmentBytes: 8192, blockBytes: 256, commitAlignment: alignment }
        const { segments } = decodeLog((await writeLog(options, stepsOf(batches))).files)
        expect(segments.length).toBeGreaterThan(1)
        for (const [at, { header, end }] of segments.entries()) {
          const limit = contentLimit(header.capacity)
          expect(end).toBeLessThanOrEqual(limit)
          const next = segments[at + 1]
          if (next === undefined) continue
          const wanted = end + firstUnit(next.frames)
          expect(alignment === 'frame' ? wanted : padded(wanted, header.blockBytes)).toBeGreaterThan(limit)
        }
      }),
      { numRuns: 25 },
    )
  })

  it('fills a segment to the last byte of its content limit', async () => {
    const limit = contentLimit(4096)
    const ends = async (payloadBytes: number): Promise<number[]> => {
      const { files } = await writeLog({ segmentBytes: 4096, blockBytes: 128 }, stepsOf([[payloadBytes], [8], [8]]))
      return decodeLog(files).segments.map(({ end }) => end)
    }
    const full = limit - 128 - 40 - 48
    await expect(ends(full - 8)).resolves.toEqual([limit - 8, 128 + 48])
    await expect(ends(full)).resolves.toEqual([limit, 128 + 48])
    await expect(ends(full + 8)).resolves.toEqual([limit - 40, 128 + 48 + 48])
  })

  it('notes in the SEAL what the page says: one unit for every stride', async () => {
    const steps = stepsOf(Array.from({ length: 300 }, (_, at) => [700 + (at % 90), at % 300, 500]))
    const options = { segmentBytes: 262_144, blockBytes: 4096 } as const
    const { segments } = decodeLog((await writeLog(options, steps)).files)
    const sealed = segments.filter(({ seal }) => seal !== undefined)
    expect(sealed.length).toBeGreaterThan(0)
    for (const { header, frames, seal } of sealed) {
      expect(seal?.index).toEqual(indexed(header, frames))
      expect(seal?.index.length).toBeGreaterThan(2)
      expect(seal?.index.length).toBeLessThanOrEqual(header.capacity / 65_536)
    }
  })
})
