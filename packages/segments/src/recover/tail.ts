import { frameHeaderBytes, type FileLife, type Kernel } from '@varve/codec'
import { createFrameFields, readFrame } from '@varve/codec'
import { io, type LogFile, type Procedure, type Runtime } from '@varve/storage'
import { readBytes } from '../read/read-bytes.ts'

/** What stands behind the place where verification stopped. Offsets in bytes of the file. */
export interface TailEvidence {
  readonly zeros: boolean
  /** Frame headers of this life that verify at their place. */
  readonly headers: number
  /** The highest durable end among them. */
  readonly durableEnd: number
  /** The highest record that one of them names; 0 without any. */
  readonly lastSequence: number
  /** Size of the file. */
  readonly fileEnd: number
}

/**
 * Looks at every byte from `from` to the end of the file, and at every eighth byte for a frame header that verifies
 * there. A header alone is evidence: it carries the durable end under its own checksum.
 */
export function* searchTail(
  file: LogFile,
  name: string,
  life: FileLife,
  from: number,
  kernel: Kernel,
  runtime: Runtime,
): Procedure<TailEvidence> {
  const { memory } = kernel
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength)
  const fields = createFrameFields()
  const fileEnd = yield* io(`size of ${name}`, () => file.size())
  let zeros = true
  let headers = 0
  let durableEnd = 0
  let lastSequence = 0
  let position = from
  kernel.use(life)
  while (position < fileEnd) {
    const filled = yield* readBytes(file, name, memory, position)
    if (filled === 0) break
    if (zeros) zeros = firstNonZeroIn(memory, filled) === -1
    let at = zeros ? -1 : kernel.probe(0, filled, position)
    while (at !== -1) {
      readFrame(view, at, fields)
      headers += 1
      durableEnd = Math.max(durableEnd, fields.durableEnd)
      lastSequence = Math.max(lastSequence, fields.sequence)
      const after = at + 8
      at = after < filled ? kernel.probe(after, filled, position + after) : -1
    }
    // A header that was cut off by the end of the buffer is looked at again with the next one.
    position += filled < memory.length ? filled : filled - frameHeaderBytes + 8
    yield* runtime.turn()
  }
  return { zeros, headers, durableEnd, lastSequence, fileEnd }
}

/** Offset of the first byte of `[from, to)` that is not zero; bytes behind the end of the file count as zero. */
export function* firstNonZero(
  file: LogFile,
  name: string,
  from: number,
  to: number,
  kernel: Kernel,
  runtime: Runtime,
): Procedure<number | undefined> {
  const { memory } = kernel
  for (let position = from; position < to; ) {
    const filled = yield* readBytes(file, name, memory.subarray(0, Math.min(memory.length, to - position)), position)
    if (filled === 0) return undefined
    const at = firstNonZeroIn(memory, filled)
    if (at !== -1) return position + at
    position += filled
    yield* runtime.turn()
  }
  return undefined
}

/** Compares eight bytes at a time where it can: a tail of zeros may be as long as a segment. */
function firstNonZeroIn(bytes: Uint8Array<ArrayBuffer>, end: number): number {
  const aligned = bytes.byteOffset % 8 === 0 ? end - (end % 8) : 0
  const words = new Float64Array(bytes.buffer, aligned === 0 ? 0 : bytes.byteOffset, aligned / 8)
  let at = 0
  // Minus zero equals zero as a number, so a word that passes may still have its highest bit set.
  while (at < words.length && words[at] === 0 && bytes[at * 8 + 7] === 0) at += 1
  for (let byte = at * 8; byte < end; byte += 1) if (bytes[byte] !== 0) return byte
  return -1
}
