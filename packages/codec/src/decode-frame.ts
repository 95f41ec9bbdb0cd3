import { copyOf, viewOf } from './bytes.ts'
import { createFrameFields, type FrameFields, readFrame } from './frame.ts'
import { type Kernel, type ScanState, type ScanStop, scanStop } from './kernel.ts'
import { formatMajor, formatMinor, frameBytes, frameFlag, frameHeaderBytes, frameVersion } from './layout.ts'
import type { DecodeResult, InvalidResult } from './record.ts'

/** How strictly a frame must continue the one before it; see `RecordDecoderOptions.order`. */
export type FrameOrder = 'strict' | 'any'

const invalidMessages: Record<Exclude<InvalidResult['reason'], 'file-header'>, string> = {
  header: 'the frame header does not verify',
  payload: 'the payload or its padding does not verify',
  order: 'the frame cannot follow the one before it',
  limit: 'the frame reaches beyond the capacity of its file',
}

/** Decodes one frame at a time out of the memory of a kernel. */
export class FrameReader {
  readonly #kernel: Kernel
  readonly #view: DataView
  readonly #fields: FrameFields = createFrameFields()
  readonly #maxRecordBytes: number

  constructor(kernel: Kernel, maxRecordBytes: number) {
    this.#kernel = kernel
    this.#view = viewOf(kernel.memory)
    this.#maxRecordBytes = maxRecordBytes
  }

  /** The frame at `offset`, of which the bytes up to `end` are there. Advances `state` when it is a record. */
  read(offset: number, end: number, state: ScanState, order: FrameOrder): DecodeResult {
    const { position } = state
    let stop: ScanStop = scanStop.partial
    if (end - offset >= frameHeaderBytes) {
      const { payloadBytes } = readFrame(this.#view, offset, this.#fields)
      if (order === 'any') accept(this.#fields, state)
      // Of a payload that would be refused only the header is verified, so that the verdict is the same however much
      // of it is there.
      const isTooLarge = payloadBytes > this.#maxRecordBytes
      const size = isTooLarge ? frameHeaderBytes : frameBytes(payloadBytes)
      stop = this.#kernel.scan(offset, Math.min(end, offset + size), state)
      if (isTooLarge && stop === scanStop.partial) return this.#tooLarge(position)
    }
    if (stop === scanStop.end && state.position > position) return this.#record(offset, position)
    return failed(stop, position, state, this.#fields.version)
  }

  #tooLarge(position: number): DecodeResult {
    const { payloadBytes } = this.#fields
    const maxRecordBytes = this.#maxRecordBytes
    const message = `a record of ${payloadBytes} bytes is above the limit of ${maxRecordBytes}`
    return { kind: 'too-large', position, payloadBytes, maxRecordBytes, message }
  }

  #record(offset: number, position: number): DecodeResult {
    const { sequence, timestamp, type, flags, payloadBytes, durableEnd } = this.#fields
    const start = offset + frameHeaderBytes
    const record = {
      sequence,
      timestamp,
      type,
      payload: copyOf(this.#kernel.memory, start, start + payloadBytes),
      control: (flags & frameFlag.control) !== 0,
      batchContinues: (flags & frameFlag.batchContinues) !== 0,
      durableEnd,
    }
    return { kind: 'record', record, position, frameBytes: frameBytes(payloadBytes) }
  }
}

/** Lets the frame of these (not yet verified) fields follow, whatever came before, as long as it can stand anywhere. */
function accept(fields: FrameFields, state: ScanState): void {
  const isControl = (fields.flags & frameFlag.control) !== 0
  state.lastSequence = isControl ? fields.sequence : Math.max(0, fields.sequence - 1)
  state.lastTimestamp = fields.timestamp
  state.insideBatch = false
  state.lastControl = 0
}

function failed(stop: ScanStop, position: number, state: ScanState, version: number): DecodeResult {
  if (stop === scanStop.partial) {
    const needed = Math.max(state.needed, frameHeaderBytes)
    return { kind: 'incomplete', position, needed, message: 'the bytes end inside a frame' }
  }
  if (stop === scanStop.unsupported) {
    const known = `this is frame version ${frameVersion}, format ${formatMajor}.${formatMinor}`
    const message = `a frame of version ${version} carries what this code does not know; ${known}`
    return { kind: 'unsupported', position, message }
  }
  const reason = reasonOf(stop)
  return { kind: 'invalid', position, reason, message: invalidMessages[reason] }
}

/** A scan that ended without a step forward stood at the limit already. */
function reasonOf(stop: ScanStop): Exclude<InvalidResult['reason'], 'file-header'> {
  if (stop === scanStop.header) return 'header'
  if (stop === scanStop.payload) return 'payload'
  return stop === scanStop.order ? 'order' : 'limit'
}
