import { frameHeaderBytes } from '@varve/codec'
import { io, type LogStorage, type Procedure } from '@varve/storage'
import type { LogSettings } from '../api/options.ts'
import { contentLimit, paddedEnd, type CommitAlignment } from '../format/geometry.ts'
import type { FramedFile } from '../read/frame-reader.ts'
import { readBytes } from '../read/read-bytes.ts'
import { FrameWriter, growthOf } from '../write/frame-writer.ts'
import type { LastSegment } from './last-segment.ts'

/**
 * Whether the CLOSE can be written once more. With aligned commits its block must hold nothing else that is durable,
 * and the PAD behind it must leave the room of the seal alone; a hand-over does where it does not.
 */
export function canResume({ surveyed, contents }: LastSegment<FramedFile>, alignment: CommitAlignment): boolean {
  if (alignment === 'frame') return true
  const { blockBytes, capacity } = surveyed.header
  const isAlone = (contents.end - frameHeaderBytes) % blockBytes === 0
  return isAlone && paddedEnd(contents.end, blockBytes, alignment) <= contentLimit(capacity)
}

/**
 * Goes on in place behind a clean shutdown. The CLOSE is written once more: it may have been readable and yet not on
 * the disk, and what is appended now must not stand behind a hole.
 */
export function* resume(
  storage: LogStorage,
  last: LastSegment<FramedFile>,
  settings: Pick<LogSettings, 'commitAlignment' | 'durability'>,
): Procedure<FrameWriter> {
  const { surveyed, contents, fileEnd: size } = last
  const { name, header } = surveyed
  const file = yield* io(`open ${name}`, () => storage.open(name, 'existing'))
  try {
    const closeOffset = contents.end - frameHeaderBytes
    const bytes = new Uint8Array(frameHeaderBytes)
    yield* readBytes(file, name, bytes, closeOffset)
    const growth = growthOf(settings.durability)
    const start = { ...contents, position: contents.end, durableEnd: closeOffset, size, growth }
    const writer = new FrameWriter(file, name, header, start)
    yield* writer.writeRaw(bytes, closeOffset)
    yield* writer.pad(paddedEnd(writer.position, header.blockBytes, settings.commitAlignment))
    yield* writer.syncFile()
    return writer
  } catch (error) {
    yield* io(`close ${name}`, () => file.close())
    throw error
  }
}
