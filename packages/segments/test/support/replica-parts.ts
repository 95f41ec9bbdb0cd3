import type { LogStorage } from '@varve/storage'
import { memoryStorage, type MemorySnapshot, type MemoryStorage } from '@varve/storage-memory'
import {
  openLogSync,
  openReplicaSync,
  type StreamChunk,
  type StreamPosition,
  type SynchronousLog,
  type SynchronousReplica,
} from '../../src/index.ts'
import { withFile } from './damage-image.ts'
import { segmentsOf } from './log-files.ts'
import { payload } from './log-records.ts'
import { small, storageOf } from './replica-pair.ts'

export const positionName = 'replica.position'

/** A log that `work` was done to, and everything that it streams. */
export function streamed(work: (log: SynchronousLog) => void, options: object = {}): StreamChunk[] {
  const log = openLogSync({ storage: storageOf(), ...small, ...options })
  work(log)
  const chunks = [...log.streamSync()]
  log.closeSync()
  return chunks
}

/** Appends so many records of 2,600 bytes, each of which takes a segment. */
export function appendLarge(log: SynchronousLog, count: number): void {
  for (let n = 0; n < count; n += 1) log.appendSync(payload(log.lastSequence + 1, 2600))
}

export function appendSmall(log: SynchronousLog, count: number, bytes = 300): void {
  for (let n = 0; n < count; n += 1) log.appendSync(payload(log.lastSequence + 1, bytes))
}

export function replicaOn(storage: LogStorage): SynchronousReplica {
  return openReplicaSync({ storage, readBytes: 4096 })
}

/** A directory that received these pieces, each synced, and was left without a goodbye. */
export function received(chunks: readonly StreamChunk[], snapshot?: MemorySnapshot): MemoryStorage {
  const storage = memoryStorage(snapshot === undefined ? {} : { snapshot })
  replicaOn(storage).receiveSync(chunks)
  return storageOf(storage.snapshot())
}

/** Where a replica with these files goes on. */
export function positionIn(snapshot: MemorySnapshot): StreamPosition | undefined {
  const replica = replicaOn(storageOf(snapshot))
  replica.closeSync()
  return replica.synced
}

/** Every byte of every file, as text, to see that nothing has changed. */
export function allBytes({ files }: MemorySnapshot): Record<string, string> {
  return Object.fromEntries([...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]))
}

/** The log as if power had gone before its last MARK reached the disk: nothing proves its last commit durable. */
export function withoutMark(snapshot: MemorySnapshot): MemorySnapshot {
  const newest = segmentsOf(snapshot).at(-1)
  const mark = newest?.frames.at(-1)
  if (newest === undefined || mark?.kind !== 'mark') throw new Error('the log does not end in a MARK')
  return withFile(snapshot, newest.name, newest.bytes.slice().fill(0, mark.position))
}
