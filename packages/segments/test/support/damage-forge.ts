import {
  createPortableKernel,
  frameBytes,
  frameFlag,
  frameHeaderBytes,
  xxh64,
  type controlType,
  type FileHeader,
} from '@varve/codec'
import type { MemorySnapshot } from '@varve/storage-memory'
import { withFile } from './damage-image.ts'
import { segmentsOf, type PlainSegment } from './log-files.ts'

/**
 * Puts a control record behind the last frame of the last segment, as a writer would have that knows it: for what
 * this package reads and only others write.
 */
export function forgeControl(
  snapshot: MemorySnapshot,
  type: (typeof controlType)[keyof typeof controlType],
  payload: Uint8Array,
): MemorySnapshot {
  const { name, bytes, header, frames } = segmentsOf(snapshot).at(-1) as PlainSegment
  const last = frames.filter(({ kind }) => kind !== 'mark').at(-1)
  const position = last?.end ?? header.blockBytes
  const kernel = createPortableKernel(new Uint8Array(frameBytes(payload.length)))
  kernel.use(header)
  const size = kernel.stage(0, payload.length, last?.sequence ?? 0, last?.timestamp ?? 0, type, frameFlag.control)
  kernel.memory.set(payload, frameHeaderBytes)
  kernel.seal(0, size, position, position, { low: 0, high: 0 })
  const forged = bytes.slice()
  // Behind it stood at most a MARK.
  forged.fill(0, position)
  forged.set(kernel.memory, position)
  return withFile(snapshot, name, forged)
}

/** Changes the header of the frame at `position` and makes its checksum right again. */
export function reseal(
  snapshot: MemorySnapshot,
  name: string,
  position: number,
  change: (bytes: Uint8Array, at: number) => void,
): MemorySnapshot {
  const { bytes, header } = segmentsOf(snapshot).find((segment) => segment.name === name) as PlainSegment
  const forged = bytes.slice()
  change(forged, position)
  const checksum = headerChecksum(forged, position, header)
  new DataView(forged.buffer).setUint32(position, checksum, true)
  return withFile(snapshot, name, forged)
}

/** XXH64 with the salt plus the offset as its seed; the files of tests are so small that nothing carries over. */
function headerChecksum(bytes: Uint8Array<ArrayBuffer>, position: number, { salt }: FileHeader): number {
  const low = (salt.low + position) % 2 ** 32
  const high = (salt.high + (salt.low + position >= 2 ** 32 ? 1 : 0)) % 2 ** 32
  return xxh64(bytes.subarray(position + 4, position + frameHeaderBytes), { low, high }).low
}
