import fc from 'fast-check'
import { type ChecksumId, checksumId, type Word64 } from '../../src/index.ts'
import type { RawFrame } from './oracle.ts'

export const half: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0xffff_ffff })
/** Salts, often near the ends so that the position carries into the upper half. */
export const word: fc.Arbitrary<Word64> = fc.record({
  low: fc.oneof(half, fc.integer({ min: 0xffff_f000, max: 0xffff_ffff })),
  high: half,
})
export const checksumName: fc.Arbitrary<ChecksumId> = fc.constantFrom(checksumId.xxh64, checksumId.crc32)
export const payload: fc.Arbitrary<Uint8Array<ArrayBuffer>> = fc
  .uint8Array({ maxLength: 120 })
  .map((bytes) => new Uint8Array(bytes))

export function toBig(value: Word64): bigint {
  return (BigInt(value.high) << 32n) | BigInt(value.low)
}

export function toWord(value: bigint): Word64 {
  return { low: Number(value & 0xffff_ffffn), high: Number(value >> 32n) }
}

/** A run of frames that may follow one another: records, batches, control records, no SEAL or MARK. */
export function validRun(maxLength = 8): fc.Arbitrary<RawFrame[]> {
  const step = fc.record({
    payload,
    control: fc.constantFrom(0, 0, 0, 2, 3, 4, 5),
    type: fc.integer({ min: 0, max: 0xffff }),
    later: fc.integer({ min: 0, max: 2 ** 33 }),
    batch: fc.boolean(),
  })
  return fc.array(step, { maxLength }).map((steps) => {
    const frames: RawFrame[] = []
    let sequence = 0n
    let timestamp = 0n
    let inside = false as boolean
    for (const { payload: bytes, control, type, later, batch } of steps) {
      const isControl: boolean = control > 0 && !inside
      inside = !isControl && batch
      if (!isControl) sequence += 1n
      timestamp += BigInt(later)
      const flags = (isControl ? 1 : 0) + (inside ? 2 : 0)
      frames.push({ payload: bytes, sequence, timestamp, type: isControl ? control : type, flags })
    }
    return frames
  })
}
