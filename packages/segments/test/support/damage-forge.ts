import { createPortableKernel, frameBytes, frameFlag, type controlType } from '@varve/codec'
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
  kernel.memory.set(payload, 40)
  kernel.seal(0, size, position, position, { low: 0, high: 0 })
  const forged = bytes.slice()
  // Behind it stood at most a MARK.
  forged.fill(0, position)
  forged.set(kernel.memory, position)
  return withFile(snapshot, name, forged)
}
