import { crc32 } from '@varve/codec'
import { judgeRecord, prefixBytes, type Prefix } from './judge-record.ts'
import { Batcher, type Source, type Stop } from './source.ts'
import { Window, type Input } from './window.ts'

export interface LengthCrc32Options {
  /** A length above it is not believed. */
  readonly maxRecordBytes: number
  /** Payload bytes of one batch. */
  readonly batchBytes?: number
  /** Bytes of the file in memory, beside one record. */
  readonly windowBytes?: number
  /** Whether zeros up to the end of the file are empty records. Default: no. */
  readonly keepEmpty?: boolean
}

const batchBytesDefault = 256 * 1024
const nothing = new Uint8Array(0)

/**
 * Reads a file of `[u32 length][u32 crc32(payload)][payload]`, big-endian, without a header.
 *
 * Eight zeros are an empty record that verifies, and also what a file has where it was made longer and never written.
 * They are believed when a record with a payload follows; at the end of a file they are a torn tail.
 */
export async function* readLengthCrc32(input: Input, options: LengthCrc32Options): Source {
  const { maxRecordBytes, keepEmpty = false } = options
  const window = new Window(input, options.windowBytes)
  const batcher = new Batcher(options.batchBytes ?? batchBytesDefault)
  let position = 0
  let record = 1
  /** Empty records that nothing has followed yet. */
  let held = 0
  let stop: Stop | undefined
  for (;;) {
    const rest = window.size - position
    if (rest === 0) break
    const prefix = rest < prefixBytes ? undefined : prefixOf(
      window.peek(position, prefixBytes) ?? await window.load(position, prefixBytes),
    )
    if (prefix?.length === 0 && prefix.crc === 0 && !keepEmpty) {
      held += 1
      position += prefixBytes
      continue
    }
    const payload = prefix && await payloadOf(window, position + prefixBytes, prefix, maxRecordBytes)
    if (payload === undefined) {
      stop = await judgeRecord(window, { position, record: record + held, prefix, maxRecordBytes })
      break
    }
    for (; held > 0; held -= 1) {
      record += 1
      if (batcher.add({ payload: nothing, offset: position - held * prefixBytes })) yield batcher.take(position)
    }
    record += 1
    const offset = position
    position += prefixBytes + payload.length
    if (batcher.add({ payload: payload.slice(), offset })) yield batcher.take(position)
  }
  yield batcher.take(position - held * prefixBytes)
  return held === 0 ? stop : heldBack(stop, record, position - held * prefixBytes, window.size)
}

function prefixOf(bytes: Uint8Array<ArrayBuffer>): Prefix {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return { length: view.getUint32(0), crc: view.getUint32(4) }
}

/** The payload if its length can be believed and its checksum is right. */
async function payloadOf(
  window: Window,
  position: number,
  { length, crc }: Prefix,
  maxRecordBytes: number,
): Promise<Uint8Array | undefined> {
  if (length > maxRecordBytes || length > window.size - position) return undefined
  const payload = window.peek(position, length) ?? await window.load(position, length)
  return crc32(payload) === crc ? payload : undefined
}

/** Empty records before the place that stopped it, or before the end, are part of what is not believed. */
function heldBack(stop: Stop | undefined, record: number, offset: number, size: number): Stop {
  const bytes = size - offset
  if (stop !== undefined) return { ...stop, record, offset, bytes, evidence: `zeros, and then ${stop.evidence}` }
  const evidence = 'nothing but zeros up to the end of the file: room that was never written, or empty records'
  return { verdict: 'torn', record, offset, bytes, evidence }
}
