import type { FileHeader } from '@varve/codec'
import { io, type LogFile, type LogStorage, type Procedure, type Runtime } from '@varve/storage'
import type { ReadBuffers } from '../read/read-buffers.ts'
import { behind, positionOf, type StreamPosition } from '../stream/position.ts'
import type { Progress } from './incoming.ts'

/** The segment that is being filled. */
export interface Filling {
  readonly header: FileHeader
  /** The name that the file has now: that of a spare until what it was born with is there. */
  name: string
  file: LogFile
  isOpen: boolean
  isNamed: boolean
  progress: Progress
  /** Something was written that no sync covers. */
  isDirty: boolean
}

/** What a receiver stands on. */
export interface ReceiverParts {
  readonly storage: LogStorage
  readonly runtime: Runtime
  readonly buffers: ReadBuffers
}

/** Where the next piece of it goes. */
export function placeOf({ header, progress }: Filling): StreamPosition {
  const { position, chainLow: low, chainHigh: high } = progress.scan
  return progress.isWhole ? behind(header, { low, high }) : positionOf(header, position, { low, high })
}

/**
 * Where the bytes end that belong to what has come. A SEAL fills its block, so that the trailer, which comes by itself,
 * touches no block that is durable.
 */
export function occupiedEnd({ blockBytes }: FileHeader, { scan, sealOffset }: Progress): number {
  return sealOffset === undefined ? scan.position : Math.ceil(scan.position / blockBytes) * blockBytes
}

/** Gives the file back, once: whoever closes the replica may come after a naming that failed half way. */
export function* closeFilling(filling: Filling): Procedure<void> {
  if (!filling.isOpen) return
  filling.isOpen = false
  yield* io(`close ${filling.name}`, () => filling.file.close())
}

export function* makeDurable(filling: Filling): Procedure<void> {
  if (!filling.isDirty) return
  yield* io(`sync ${filling.name}`, () => filling.file.sync())
  filling.isDirty = false
}

/** The successor is durable under its name: what it cut off is void, and goes. */
export function* leaveBehind(before: Filling, { cut }: FileHeader): Procedure<void> {
  const { name, file, header, progress } = before
  if (cut > 0 && (progress.isWhole || occupiedEnd(header, progress) > cut)) {
    yield* io(`cut ${name} to ${cut}`, () => file.resize(cut))
  }
  yield* closeFilling(before)
}
