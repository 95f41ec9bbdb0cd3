import {
  decodeFileHeader,
  encodeFileHeader,
  fileHeaderBytes,
  fileKind,
  formatMinor,
  type FileHeader,
} from '@varve/codec'
import fc from 'fast-check'
import { byteChange } from './byte-changes.ts'
import { fieldValue, fileHeaderFields, setField } from './fields.ts'
import { resealFileHeader } from './forge.ts'
import { must, type Change, type FuzzTarget, type Outcome } from './target.ts'

/** A header in which every field says something. */
export const plainHeader: FileHeader = {
  kind: fileKind.segment,
  checksum: 1,
  logId: Uint8Array.from({ length: 16 }, (_, at) => at + 1),
  salt: { low: 0xfffffff0, high: 0xffffffff },
  firstSequence: 7,
  lastTimestamp: 9,
  segmentIndex: 3,
  blockBytes: 128,
  capacity: 4096,
  chain: { low: 5, high: 6 },
  epoch: 2,
  bornEnd: 256,
  cut: 1024,
}

/** A field with another value and the checksum made right, behind which the checks of the fields stand. */
export const fieldChange: fc.Arbitrary<Change> = fc
  .tuple(fc.constantFrom(...fileHeaderFields), fieldValue)
  .map(([field, value]): Change => (bytes) => {
    const out = bytes.slice()
    if (out.length < fileHeaderBytes) return out
    setField(out, 0, field, value)
    resealFileHeader(out)
    return out
  })

/** The same bytes with others around them: who reads outside of what was given sees a difference. */
function surrounded(bytes: Uint8Array): Uint8Array {
  const room = new Uint8Array(bytes.length + 256).fill(0xa5)
  room.set(bytes, 128)
  return room.subarray(128, 128 + bytes.length)
}

function run(bytes: Uint8Array): Outcome {
  const before = bytes.slice()
  const result = decodeFileHeader(bytes)
  must(bytes.every((byte, at) => byte === before[at]), 'decoding changes nothing')
  const again = decodeFileHeader(surrounded(bytes))
  must(JSON.stringify(result) === JSON.stringify(again), 'what stands around the bytes does not matter')
  if (result.kind === 'not-a-header') return result.reason.replace(/\d+/g, 'n').slice(0, 40)
  if (result.kind !== 'header') return result.kind
  const encoded = encodeFileHeader(result.header).subarray(0, fileHeaderBytes)
  const minor = new DataView(bytes.buffer, bytes.byteOffset).getUint16(10, true)
  // What a newer minor put there is not known, so it is not written again.
  if (minor > formatMinor) return 'header of a newer minor'
  must(encoded.every((byte, at) => byte === bytes[at]), 'a header that was decoded encodes to the same bytes')
  return `header of kind ${result.header.kind}`
}

export const fileHeaderTarget: FuzzTarget = {
  name: 'file-header',
  law: 'never throws, never looks outside, and what it accepts encodes to the same bytes',
  seeds: () => {
    const segment = encodeFileHeader(plainHeader)
    const file = encodeFileHeader({ ...plainHeader, kind: fileKind.recordFile, segmentIndex: 0, cut: 0 })
    return Promise.resolve([segment, file])
  },
  change: fc.oneof(byteChange, { arbitrary: fieldChange, weight: 3 }),
  run,
}
