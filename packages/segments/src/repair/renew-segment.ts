import { controlType, encodeFileHeader, type FileHeader } from '@varve/codec'
import { io, type LogFile, type LogStorage, type Procedure } from '@varve/storage'
import { spareName } from '../format/names.ts'
import { encodeSeal, type Seal } from '../format/seal.ts'
import { encodeTrailer, trailerBytes } from '../format/trailer.ts'
import { readBytes } from '../read/read-bytes.ts'
import { reading } from '../read/reading.ts'
import { FrameWriter } from '../write/frame-writer.ts'

/** How a segment is to be that is copied. */
export interface Renewal {
  readonly name: string
  readonly header: FileHeader
  /** Bytes from the header block up to here are copied as they are: all frames, or all there is. */
  readonly end: number
  /** Written behind them, with zeros and a trailer; absent for a segment that does not end in one. */
  readonly seal: Seal | undefined
}

/**
 * Puts a copy in the place of a segment, with the same salt and the same frames at the same places, and with a header
 * block, SEAL, zeros and trailer as they should be: those carry no record. It is one rename that is made durable;
 * before it, nothing has changed but a spare. The caller holds the lock and has set the old file aside.
 */
export function* renewSegment(storage: LogStorage, renewal: Renewal, buffer: Uint8Array<ArrayBuffer>): Procedure<void> {
  const { name, header } = renewal
  const spare = spareName(1)
  const file = yield* io(`create ${spare}`, () => storage.open(spare, 'create'))
  try {
    const block = new Uint8Array(header.blockBytes)
    block.set(encodeFileHeader(header))
    yield* io(`write ${spare} at 0`, () => file.write(block, 0))
    yield* reading(storage, name, (from) => copyBytes(from, name, file, spare, header.blockBytes, renewal.end, buffer))
    if (renewal.seal !== undefined) yield* writeSeal(file, spare, header, renewal.seal)
    yield* io(`sync ${spare}`, () => file.sync())
  } finally {
    yield* io(`close ${spare}`, () => file.close())
  }
  yield* io(`rename ${spare} to ${name}`, () => storage.rename(spare, name))
  yield* io(`make the name ${name} durable`, () => storage.syncNames())
}

/** Copies the bytes `[position, end)`, or as many of them as there are. */
export function* copyBytes(
  from: LogFile,
  name: string,
  to: LogFile,
  copy: string,
  position: number,
  end: number,
  buffer: Uint8Array<ArrayBuffer>,
): Procedure<void> {
  let read = buffer.length
  for (let at = position; at < end && read > 0; at += read) {
    read = yield* readBytes(from, name, buffer.subarray(0, Math.min(buffer.length, end - at)), at)
    yield* io(`write ${copy} at ${at}`, () => to.write(buffer.subarray(0, read), at))
  }
}

function* writeSeal(file: LogFile, name: string, header: FileHeader, seal: Seal): Procedure<void> {
  const { endOffset: position, lastSequence, lastTimestamp, chain } = seal
  const end = { position, lastSequence, lastTimestamp, chain }
  const writer = new FrameWriter(file, name, header, { ...end, durableEnd: 0, size: position, growth: 'written' })
  const payload = encodeSeal(seal)
  yield* writer.control(controlType.seal, payload)
  const trailer = encodeTrailer({ sealOffset: position, sealPayloadBytes: payload.length }, header.salt)
  yield* writer.writeRaw(trailer, header.capacity - trailerBytes)
}
