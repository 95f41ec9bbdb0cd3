import { readLines, type Line } from './lines.ts'
import { parseFields, parseLine, type ParsedLine } from './parse-line.ts'
import { Batcher, type Source, type Stop } from './source.ts'

export interface NdjsonOptions {
  /** A record above it is refused, and so is a line that could only hold such a record. */
  readonly maxRecordBytes: number
  /** Whether a line is an object of `type`, `timestamp`, `payload` or `payloadBase64`. Default: it is a payload. */
  readonly fields?: boolean
  readonly batchBytes?: number
  /** Bytes of the input, where they are known. */
  readonly size?: number | undefined
}

const batchBytesDefault = 256 * 1024
/** Text in JSON takes up to six bytes for one, and the rest of an object some more. */
const lineBytesPerByte = 6
const lineBytesBesides = 1024

/** Reads lines of JSON, one a record, up to the first that is none or cannot be a record behind the one before. */
export async function* readNdjson(chunks: AsyncIterable<Uint8Array>, options: NdjsonOptions): Source {
  const { maxRecordBytes, fields = false, size } = options
  const batcher = new Batcher(options.batchBytes ?? batchBytesDefault)
  const lineBytesMax = fields ? maxRecordBytes * lineBytesPerByte + lineBytesBesides : maxRecordBytes
  let before: ParsedLine = { payload: new Uint8Array(0) }
  let bytesDone = 0
  for await (const lines of readLines(chunks, lineBytesMax)) {
    for (const line of lines) {
      const parsed = line.isTooLong ? `a line of more than ${lineBytesMax} bytes` : read(line, fields, before)
      if (typeof parsed === 'string') {
        yield batcher.take(bytesDone)
        return stopAt(line, parsed, size)
      }
      before = { ...before, ...parsed }
      bytesDone = line.offset + line.bytes.length + (line.isEnded ? 1 : 0)
      if (batcher.add({ ...parsed, offset: line.offset })) yield batcher.take(bytesDone)
    }
  }
  yield batcher.take(bytesDone)
  return undefined
}

/** A record, or what is wrong with it. */
function read({ bytes, isEnded }: Line, fields: boolean, before: ParsedLine): ParsedLine | string {
  const parsed = fields ? parseFields(bytes) : parseLine(bytes)
  if (typeof parsed === 'string') return parsed
  // The end of an object says that it is whole; that of a number may be missing.
  if (!isEnded && !endsItself(bytes)) return 'the last line has no end, and may have lost some of its bytes'
  const { sequence, timestamp } = parsed
  if (sequence !== undefined && before.sequence !== undefined && sequence !== before.sequence + 1) {
    return `sequence ${sequence} follows ${before.sequence}: lines are missing, or not in their order`
  }
  if (timestamp !== undefined && timestamp < (before.timestamp ?? 0)) {
    return `timestamp ${timestamp} is below the one before it, ${before.timestamp ?? 0}`
  }
  return parsed
}

/** Of an object, a list, a text. */
const ends: readonly number[] = Array.from(new TextEncoder().encode('}]"'))

function endsItself(bytes: Uint8Array): boolean {
  const last = bytes.at(-1)
  return last !== undefined && ends.includes(last)
}

function stopAt({ number, offset, isEnded, isTooLong }: Line, evidence: string, size: number | undefined): Stop {
  const verdict = isTooLong ? 'refused' : isEnded ? 'corrupt' : 'torn'
  return { verdict, record: number, offset, bytes: size === undefined ? undefined : size - offset, evidence }
}
