import {
  createPortableKernel,
  encodeFileHeader,
  fileHeaderBytes,
  frameBytes,
  frameHeaderBytes,
  wordFromBytes,
  wordToBytes,
  xxh64,
} from '@varve/codec'
import { openLogSync, type SynchronousLog } from '@varve/segments'
import { memoryStorage, type MemorySnapshot, type MemoryStorage } from '@varve/storage-memory'
import { createCheckpointPublisherSync, recoverSync } from '../../src/index.ts'
import { checkpointHeader, foldDigest } from '../../src/format/file.ts'
import { geometry, named } from './programs.ts'

/** A log of which one checkpoint is kept, with a record before and one behind it, killed. */
export interface OneCheckpoint {
  readonly snapshot: MemorySnapshot
  readonly logId: Uint8Array<ArrayBuffer>
  readonly file: Uint8Array<ArrayBuffer>
}

export function logWith(state: Uint8Array | Iterable<Uint8Array>): OneCheckpoint {
  const storage = memoryStorage()
  const log = openLogSync({ ...geometry, storage })
  log.appendSync(Uint8Array.of(1))
  createCheckpointPublisherSync(log, { keep: 1 }).publishSync(state)
  log.appendSync(Uint8Array.of(2))
  const logId = log.procedures.logId as Uint8Array<ArrayBuffer>
  const snapshot = storage.snapshot()
  return { snapshot, logId, file: snapshot.files.get(named(1)) as Uint8Array<ArrayBuffer> }
}

/** The log with another file in the place of its checkpoint. */
export function withFile({ snapshot }: OneCheckpoint, file: Uint8Array<ArrayBuffer>): MemoryStorage {
  return memoryStorage({ snapshot: { ...snapshot, files: new Map(snapshot.files).set(named(1), file) } })
}

/** What is restored from the log; undefined if nothing is. */
export function restoredFrom(storage: MemoryStorage): Uint8Array | undefined {
  const log: SynchronousLog = openLogSync({ ...geometry, storage })
  let state: Uint8Array | undefined
  try {
    recoverSync(log, { restore: (chunks) => { state = Buffer.concat([...chunks]) }, apply: () => {} })
  } finally {
    log.closeSync()
  }
  return state
}

/** One frame of a file that is made by hand. */
export interface HandMade {
  readonly payload: Uint8Array
  readonly type: number
  readonly flags?: number
}

/** A checkpoint file after record 1 of these frames, each of which verifies. */
export function fileOf(logId: Uint8Array<ArrayBuffer>, frames: readonly HandMade[]): Uint8Array<ArrayBuffer> {
  const header = checkpointHeader(logId, 1)
  const parts: Uint8Array[] = [encodeFileHeader(header)]
  let position = header.blockBytes
  frames.forEach(({ payload, type, flags = 0 }, at) => {
    const size = frameBytes(payload.length)
    const kernel = createPortableKernel(new Uint8Array(size))
    kernel.use(header)
    kernel.memory.set(payload, frameHeaderBytes)
    kernel.stage(0, payload.length, header.firstSequence + at, 0, type, flags)
    kernel.seal(0, size, position, 0, { low: 0, high: 0 })
    parts.push(kernel.memory)
    position += size
  })
  return new Uint8Array(Buffer.concat(parts))
}

/** The payload of the end record of a file of such frames, unless told otherwise. */
export function endOf(
  file: Uint8Array<ArrayBuffer>,
  chunks: readonly number[],
  changes: { readonly sequence?: number; readonly bytes?: number; readonly chunks?: number } = {},
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(32)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(changes.sequence ?? 1), true)
  view.setBigUint64(8, BigInt(changes.bytes ?? chunks.reduce((sum, size) => sum + size, 0)), true)
  view.setBigUint64(16, BigInt(changes.chunks ?? chunks.length), true)
  let digest = wordFromBytes(file, 32)
  let at = fileHeaderBytes
  for (const size of chunks) {
    digest = foldDigest(digest, file.slice(at, at + frameHeaderBytes))
    at += frameBytes(size)
  }
  bytes.set(wordToBytes(digest), 24)
  return bytes
}

/** The same header, of a newer version or with other features, under a checksum that fits. */
export function restamped(file: Uint8Array<ArrayBuffer>, at: number, value: number): Uint8Array<ArrayBuffer> {
  const changed = file.slice()
  changed[at] = value
  changed.set(wordToBytes(xxh64(changed.subarray(0, 120))), 120)
  return changed
}
