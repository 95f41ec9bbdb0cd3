import { checkInteger } from './check.ts'
import { crc32Into } from './crc32.ts'
import {
  createFrameFields,
  foldChain,
  type FrameFields,
  isFinalControl,
  isKnownFrame,
  readFrame,
} from './frame.ts'
import { advance, mayFollow } from './frame-order.ts'
import { checkPlace, checkRange, kernelBytesMax, notStaged } from './kernel-check.ts'
import { type FileLife, type Kernel, type MutableWord64, type ScanState, type ScanStop, scanStop } from './kernel.ts'
import {
  checksumId,
  frameAlignment,
  frameBytes,
  frameField,
  frameFlag,
  frameHeaderBytes,
  frameVersion,
  sequenceMax,
} from './layout.ts'
import { StagedMemory } from './staged-memory.ts'
import { halfRange } from './word.ts'
import { xxh64Into } from './xxh64.ts'

/** Where the bytes that the header checksum covers begin. */
const checked = frameField.payloadBytes
const checkedBytes: number = frameHeaderBytes - checked

/** The reference implementation of {@link Kernel}, in plain TypeScript. See {@link createPortableKernel}. */
class PortableKernel extends StagedMemory implements Kernel {
  readonly name = 'portable'
  readonly #fields: FrameFields = createFrameFields()
  readonly #chain: MutableWord64 = { low: 0, high: 0 }
  readonly #sum: Uint32Array<ArrayBuffer> = new Uint32Array(2)
  #hash: typeof xxh64Into = xxh64Into
  /** Signed halves: a number beyond 31 bits that is passed to a function may be an allocation. */
  #saltLow = 0
  #saltHigh = 0

  use(life: FileLife): void {
    this.#hash = life.checksum === checksumId.crc32 ? crc32Into : xxh64Into
    this.#saltLow = life.salt.low | 0
    this.#saltHigh = life.salt.high | 0
  }

  seal(offset: number, end: number, position: number, durableEnd: number, chain: MutableWord64): number {
    checkRange(this.memory, offset, end)
    checkPlace(position, durableEnd)
    let frames = 0
    for (let at = offset; at < end; frames++) {
      at += this.#sealFrame(at, end, position + at - offset, durableEnd, chain)
    }
    return frames
  }

  #sealFrame(at: number, end: number, position: number, durableEnd: number, chain: MutableWord64): number {
    if (end - at < frameHeaderBytes) throw notStaged(at, end)
    const view = this.view
    const fields = readFrame(view, at, this.#fields)
    const size = frameBytes(fields.payloadBytes)
    if (size > end - at || fields.version !== frameVersion) throw notStaged(at, end)
    view.setUint32(at + frameField.durableEnd, durableEnd / 8, true)
    this.#hashPayload(at, fields.payloadBytes)
    view.setUint32(at + frameField.payloadChecksum, this.#sum[0]!, true)
    view.setUint32(at + frameField.payloadChecksum + 4, this.#sum[1]!, true)
    const checksum = this.#headerChecksum(at, position)
    view.setUint32(at, checksum, true)
    if (!isStreamed(fields)) return size
    foldChain(chain, checksum)
    return size
  }

  scan(offset: number, end: number, state: ScanState): ScanStop {
    checkRange(this.memory, offset, end)
    const toOffset = offset - state.position
    this.#chain.low = state.chainLow
    this.#chain.high = state.chainHigh
    state.needed = 0
    let stop: ScanStop = scanStop.end
    while (stop === scanStop.end && state.position + toOffset < end && state.position !== state.limit) {
      stop = this.#scanFrame(state.position + toOffset, end, state)
    }
    state.chainLow = this.#chain.low
    state.chainHigh = this.#chain.high
    return stop
  }

  /** Verifies one frame; `end` means that it was good and `state` stands behind it. */
  #scanFrame(at: number, end: number, state: ScanState): ScanStop {
    const room = state.limit - state.position
    if (room < frameHeaderBytes) return scanStop.header
    if (end - at < frameHeaderBytes) return scanStop.partial
    const checksum = this.#headerChecksum(at, state.position)
    if (checksum !== this.view.getUint32(at, true)) return scanStop.header

    const fields = readFrame(this.view, at, this.#fields)
    if (!isKnownFrame(fields.version, fields.flags, fields.type)) return scanStop.unsupported
    if (fields.sequence > sequenceMax || fields.timestamp > sequenceMax) return scanStop.unsupported
    const size = frameBytes(fields.payloadBytes)
    if (size > room) return scanStop.limit
    if (!mayFollow(fields, state)) return scanStop.order

    // A verified header is evidence enough of what had been durable, whatever became of the payload behind it.
    if (fields.durableEnd > state.durableEnd) state.durableEnd = fields.durableEnd
    if (size > end - at) {
      state.needed = size
      return scanStop.partial
    }
    if (!this.#payloadVerifies(at, size, fields.payloadBytes)) return scanStop.payload
    if (isStreamed(fields)) foldChain(this.#chain, checksum)
    advance(fields, size, state)
    return scanStop.end
  }

  probe(offset: number, end: number, position: number): number {
    checkRange(this.memory, offset, end)
    const fields = this.#fields
    for (let at = offset; ; at += frameAlignment) {
      at = findVersion(this.memory, at + frameField.version, end) - frameField.version
      if (at + frameHeaderBytes > end) return -1
      readFrame(this.view, at, fields)
      const own = position + at - offset
      if (!isKnownFrame(fields.version, fields.flags, fields.type) || fields.durableEnd > own) continue
      if (this.#headerChecksum(at, own) === this.view.getUint32(at, true)) return at
    }
  }

  #headerChecksum(at: number, position: number): number {
    const low = (this.#saltLow >>> 0) + (position >>> 0)
    const carry = low >= halfRange ? 1 : 0
    const high = this.#saltHigh + Math.floor(position / halfRange) + carry
    this.#hash(this.view, at + checked, checkedBytes, low | 0, high | 0, this.#sum)
    return this.#sum[0]!
  }

  #hashPayload(at: number, payloadBytes: number): void {
    this.#hash(this.view, at + frameHeaderBytes, payloadBytes, this.#saltLow, this.#saltHigh, this.#sum)
  }

  #payloadVerifies(at: number, size: number, payloadBytes: number): boolean {
    for (let byte = at + frameHeaderBytes + payloadBytes; byte < at + size; byte++) {
      if (this.memory[byte] !== 0) return false
    }
    this.#hashPayload(at, payloadBytes)
    const stored = at + frameField.payloadChecksum
    return (
      this.view.getUint32(stored, true) === this.#sum[0] && this.view.getUint32(stored + 4, true) === this.#sum[1]
    )
  }
}

/**
 * The first offset from `offset` on, in steps of a frame's alignment, whose byte is the frame version; at or beyond
 * `end` when there is none. A loop of its own: so written it passes over 16 GB of zeros a second, inside the loop of
 * `probe` over 2.
 */
function findVersion(memory: Uint8Array, offset: number, end: number): number {
  let at = offset | 0
  while (at < end && memory[at] !== frameVersion) at = (at + frameAlignment) | 0
  return at
}

/** Whether the frame belongs to the stream of a log, which the chain digest covers. */
function isStreamed(fields: FrameFields): boolean {
  return (fields.flags & frameFlag.control) === 0 || !isFinalControl(fields.type)
}

/**
 * The kernel in plain TypeScript over `memory`, which may begin anywhere in its buffer. It always exists and is the
 * reference for every other one. Its life is XXH64 with a salt of zero until `use` is called.
 * Throws `INVALID_ARGUMENT` for more than 1 GiB.
 */
export function createPortableKernel(memory: Uint8Array<ArrayBuffer>): Kernel {
  checkInteger('memory.length', memory.length, 0, kernelBytesMax)
  return new PortableKernel(memory)
}
