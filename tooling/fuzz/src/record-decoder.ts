import {
  checksumId,
  decodeFileHeader,
  decodeRecord,
  encodeFileHeader,
  fileKind,
  frameFlag,
  RecordDecoder,
  recordDecoderStream,
  isVarveError,
  type DecodedRecord,
  type FileLife,
  type RecordDecoderOptions,
} from '@varve/codec'
import fc from 'fast-check'
import { allocating } from './allocation.ts'
import { byteChange } from './byte-changes.ts'
import { fieldValue, frameFields, setField } from './fields.ts'
import { fieldChange, plainHeader } from './file-header.ts'
import { forgeFrame, framesIn, resealFrame } from './forge.ts'
import { must, type Change, type FuzzTarget, type Outcome } from './target.ts'

/** The first two bytes of an input say how the rest is decoded. */
const preface = 2
const bit = { header: 1, anyOrder: 2, control: 4, crc32: 8, small: 16, first: 32, stream: 64 } as const

const salt = { low: 0xfffffff8, high: 0x12345678 }

function optionsOf(flags: number): RecordDecoderOptions & { readonly header: boolean } {
  return {
    header: (flags & bit.header) !== 0,
    order: (flags & bit.anyOrder) !== 0 ? 'any' : 'strict',
    control: (flags & bit.control) !== 0 ? 'yield' : 'skip',
    checksum: (flags & bit.crc32) !== 0 ? checksumId.crc32 : checksumId.xxh64,
    kinds: Object.values(fileKind),
    salt,
    ...((flags & bit.small) !== 0 ? { maxRecordBytes: 100 } : {}),
    ...((flags & bit.first) !== 0 ? { firstSequence: 1 } : {}),
  }
}

/** The life of the frames of an input: its header's, or that of frames without one. */
function lifeOf(bytes: Uint8Array): FileLife {
  const options = optionsOf(bytes[0] ?? 0)
  const result = options.header ? decodeFileHeader(bytes.subarray(preface)) : undefined
  return result?.kind === 'header' ? result.header : { checksum: options.checksum ?? checksumId.xxh64, salt }
}

/** Everything that a decoder says about bytes that come in chunks of these sizes, over and over. */
function decoded(options: RecordDecoderOptions, bytes: Uint8Array, sizes: readonly number[]): readonly unknown[] {
  const decoder = new RecordDecoder(options)
  const said: unknown[] = []
  let failed = false
  for (let at = 0, turn = 0; at < bytes.length && !failed; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1
    // A chunk may be used again when the call returns.
    const chunk = bytes.slice(at, at + size)
    for (const result of decoder.push(chunk)) {
      said.push(result)
      failed = result.kind !== 'record'
    }
    chunk.fill(0xee)
    at += size
  }
  said.push(decoder.finish(), decoder.position, decoder.header, decoder.insideBatch)
  return said
}

function encodesAgain(bytes: Uint8Array, life: FileLife, position: number, record: DecodedRecord): boolean {
  const { control, batchContinues, durableEnd } = record
  const flags = (control ? frameFlag.control : 0) | (batchContinues ? frameFlag.batchContinues : 0)
  const frame = forgeFrame(life, position, durableEnd, { ...record, flags })
  return frame.every((byte, at) => byte === bytes[position + at])
}

function isRecord(said: unknown): said is { kind: 'record'; position: number; record: DecodedRecord } {
  return typeof said === 'object' && said !== null && 'kind' in said && said.kind === 'record'
}

async function streamed(options: RecordDecoderOptions, bytes: Uint8Array): Promise<number> {
  let records = 0
  const source = new Blob([bytes.slice()]).stream().pipeThrough(recordDecoderStream(options) as TransformStream)
  try {
    for await (const record of source) records += record === undefined ? 0 : 1
  } catch (error) {
    must(isVarveError(error), `a stream of records ends with a VarveError, not ${String(error)}`)
  }
  return records
}

function firstOf(bytes: Uint8Array, life: FileLife, maxRecordBytes: number): string {
  const result = decodeRecord(bytes, { ...life, maxRecordBytes })
  if (result.kind === 'record') must(encodesAgain(bytes, life, 0, result.record), 'decodeRecord and encode agree')
  return result.kind
}

function outcomeOf(said: readonly unknown[], records: number): Outcome {
  const failure = said.findLast((item) => typeof item === 'object' && item !== null && 'message' in item)
  const how = failure as { kind: string; reason?: string } | undefined
  return `${how?.reason ?? how?.kind ?? 'whole'} behind ${records === 0 ? 'nothing' : 'records'}`
}

function run(input: Uint8Array): Outcome | Promise<Outcome> {
  const flags = input[0] ?? 0
  const bytes = input.slice(preface)
  const options = optionsOf(flags)
  const seed = input[1] ?? 0
  const odd = [1 + (seed & 15), 1 + (seed >> 4) * 37, 40, 8]
  const { result: whole, bytes: allocated } = allocating(() => decoded(options, bytes, [bytes.length]))
  must(allocated < 65_536 + bytes.length * 8, `${allocated} bytes were allocated for an input of ${bytes.length}`)
  const text = JSON.stringify(whole)
  must(JSON.stringify(decoded(options, bytes, odd)) === text, 'what is decoded does not depend on the chunks')
  if (bytes.length < 600) must(JSON.stringify(decoded(options, bytes, [1])) === text, 'nor on single bytes')
  const records = whole.filter(isRecord)
  const life = lifeOf(input)
  for (const { position, record } of records) {
    must(encodesAgain(bytes, life, position, record), 'what was decoded encodes to the same bytes')
  }
  const first = options.header ? '' : `, alone ${firstOf(bytes, life, options.maxRecordBytes ?? 2 ** 24)}`
  const outcome = `${outcomeOf(whole, records.length)}${first}`
  if ((flags & bit.stream) === 0) return outcome
  return streamed(options, bytes).then((count) => {
    must(count === records.length, 'a stream yields the records that the decoder does')
    return outcome
  })
}

const withBody = (change: Change): Change => (bytes) =>
  Uint8Array.of(bytes[0] ?? 0, bytes[1] ?? 0, ...change(bytes.subarray(preface)))

const option = fc.uint8Array({ minLength: 2, maxLength: 2 }).map((head): Change => (bytes) => {
  const out = bytes.slice()
  out.set(head.subarray(0, Math.min(2, out.length)))
  return out
})

/** A field of one frame with another value, and its checksums made right. */
const frameChange = fc
  .tuple(fc.nat(31), fc.constantFrom(...frameFields), fieldValue)
  .map(([which, field, value]): Change => (bytes) => {
    const body = bytes.slice(preface)
    const life = lifeOf(bytes)
    const frames = framesIn(body, life, 0)
    const at = frames[which % Math.max(1, frames.length)]
    if (at === undefined) return bytes
    setField(body, at, field, value)
    resealFrame(body, at, life)
    return Uint8Array.of(bytes[0] ?? 0, bytes[1] ?? 0, ...body)
  })

/** A header that promises 16 MiB, and more of them than a decoder has room for at first, but no more than a little. */
function announcing(): Uint8Array {
  const life = { checksum: checksumId.xxh64, salt }
  const record = { sequence: 1, timestamp: 0, type: 0, flags: 0, payload: new Uint8Array(20_000) }
  const frame = forgeFrame(life, 0, 0, record)
  new DataView(frame.buffer).setUint32(4, 2 ** 24, true)
  resealFrame(frame, 0, life)
  return Uint8Array.of(0, 0x35, ...frame)
}

function seeds(): Promise<readonly Uint8Array[]> {
  const made: Uint8Array[] = []
  for (const flags of [0, bit.header, bit.crc32 | bit.control, bit.header | bit.control | bit.small]) {
    const checksum = (flags & bit.crc32) !== 0 ? checksumId.crc32 : checksumId.xxh64
    const header = { ...plainHeader, checksum, salt, kind: fileKind.recordFile, segmentIndex: 0, firstSequence: 1 }
    const life = { checksum, salt }
    const parts = (flags & bit.header) !== 0 ? [...encodeFileHeader(header)] : []
    const put = (sequence: number, type: number, frame: number, payload: Uint8Array): void => {
      const record = { sequence, timestamp: 9 + sequence, type, flags: frame, payload }
      parts.push(...forgeFrame(life, parts.length, 0, record))
    }
    put(1, 0, 0, Uint8Array.of(1, 2, 3))
    put(2, 65_535, frameFlag.batchContinues, new Uint8Array(200).fill(2))
    put(3, 3, 0, new Uint8Array(0))
    put(3, 5, frameFlag.control, new Uint8Array(16))
    put(4, 4, 0, new Uint8Array(8).fill(4))
    made.push(Uint8Array.of(flags, 0x35, ...parts))
  }
  return Promise.resolve([...made, announcing()])
}

export const recordDecoderTarget: FuzzTarget = {
  name: 'record-decoder',
  law: 'any chunks give the same result, nothing throws, no length is believed, and what is decoded encodes again',
  seeds,
  change: fc.oneof(
    option,
    byteChange.map(withBody),
    { arbitrary: frameChange, weight: 3 },
    fieldChange.map(withBody),
  ),
  run,
}
