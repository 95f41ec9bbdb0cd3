import { Buffer } from 'node:buffer'
import { memoryStorage, type MemorySnapshot, type MemoryStorage } from '@varve/storage-memory'
import { openLogSync, openReplicaSync, type LogOptions, type StreamChunk, type StreamStart } from '../../src/index.ts'
import { payload } from './log-records.ts'
import { segmentsOf, type PlainSegment } from './log-files.ts'

/** The smallest geometry: a handful of records rotates. */
export const small = { segmentBytes: 4096, blockBytes: 128, readBytes: 4096, stagingBytes: 4096 } as const

/** A storage in memory that goes on from what another one held. */
export function storageOf(snapshot?: MemorySnapshot): MemoryStorage {
  return memoryStorage(snapshot === undefined ? {} : { snapshot })
}

/** Appends records `from` to `to`; each is bytes of its number. */
export function fillSync(
  storage: MemoryStorage,
  from: number,
  to: number,
  options: Partial<LogOptions> & { readonly bytes?: number; readonly ends?: 'close' | 'kill' } = {},
): void {
  const { bytes = 300, ends = 'close', ...rest } = options
  const log = openLogSync({ storage, ...small, ...rest })
  for (let sequence = from; sequence <= to; sequence += 1) log.appendSync(payload(sequence, bytes))
  if (ends === 'close') log.closeSync()
}

/** Everything that a log streams. */
export function chunksOf(storage: MemoryStorage, from?: StreamStart): StreamChunk[] {
  const log = openLogSync({ storage, ...small, readOnly: true })
  return [...log.streamSync(from)]
}

/** Streams everything of one storage that is durable to the other. */
export function replicate(source: MemoryStorage, target: MemoryStorage): void {
  const replica = openReplicaSync({ storage: target, readBytes: 4096 })
  const log = openLogSync({ storage: source, ...small, readOnly: true })
  replica.receiveSync(log.streamSync(replica.position))
  replica.closeSync()
}

/**
 * The segment files in hexadecimal, by name. Of the newest only up to its last frame that is no MARK and no CLOSE:
 * nothing proves a CLOSE durable to another process, and how much room is reserved behind it is the writer's affair.
 */
export function filesIn(snapshot: MemorySnapshot): Record<string, string> {
  const segments = segmentsOf(snapshot)
  return Object.fromEntries(
    segments.map((segment, at) => {
      const isNewest = at === segments.length - 1
      return [segment.name, hex(isNewest ? withoutEnd(segment) : segment.bytes)]
    }),
  )
}

function withoutEnd({ bytes, frames, header }: PlainSegment): Uint8Array {
  const last = frames.findLast(({ kind }) => kind !== 'mark' && kind !== 'close')
  return bytes.subarray(0, last?.end ?? header.blockBytes)
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
