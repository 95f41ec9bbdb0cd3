import { decodeFileHeader, frameBytes, type FileHeader } from '@varve/codec'
import { openLog, openRecordFile, type Log, type LogOptions, type RecordFile } from '@varve/segments'
import { asynchronousRuntime, type Runtime } from '@varve/storage'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import type { Files } from './archive.ts'
import { forgeFrame, framesIn } from './forge.ts'
import { unitAfter } from './history.ts'

/** Small enough that every byte of several segments gets its turn. */
export const geometry = { segmentBytes: 4096, blockBytes: 128, stagingBytes: 4096, readBytes: 4096 } as const

type ImageOptions = Omit<LogOptions, 'storage'>

/** Chance that is the same each time: the images are, too. */
function seeded(seed: number): Runtime {
  let state = seed
  return {
    ...asynchronousRuntime(),
    // A process that is said to have died leaves no timer behind.
    after: () => () => undefined,
    random: (target) => {
      for (let at = 0; at < target.length; at += 1) {
        state = (Math.imul(state, 0x41c64e6d) + 0x3039) >>> 0
        target[at] = state >>> 24
      }
    },
  }
}

async function append(log: Log | RecordFile, units: number, last: number): Promise<void> {
  for (let unit = 0, at = last; unit < units; unit += 1) {
    const entries = unitAfter(at)
    await log.appendBatch(entries)
    at += entries.length
  }
}

/** Lets a log go on by some units; then it says goodbye, or its process dies. */
async function lived(
  before: MemorySnapshot | undefined,
  units: number,
  end: 'close' | 'crash',
  options: ImageOptions = {},
): Promise<MemorySnapshot> {
  const storage = memoryStorage(before === undefined ? {} : { snapshot: before })
  const runtime = seeded(units * 7 + (before?.generation ?? 0) * 101)
  const log = await openLog({ storage, ...geometry, runtime, ...options })
  await append(log, units, log.lastSequence)
  if (end === 'close') await log.close()
  return storage.snapshot()
}

const lazy: ImageOptions = { durability: 'async', async: { maxUnsyncedMs: 3_600_000 } }

/** Logs in every state that a segment can be in, each as it lies there. */
export async function logImages(): Promise<readonly Files[]> {
  const crashed = await lived(undefined, 14, 'crash')
  const unproven = await lived(crashed, 5, 'crash', lazy)
  const cutTwice = await lived(unproven, 3, 'crash', lazy)
  const closed = await lived(cutTwice, 12, 'close')
  const snapshots = [
    await lived(undefined, 2, 'close'),
    await lived(undefined, 26, 'close'),
    crashed,
    unproven,
    cutTwice,
    closed,
    withRest(closed, cutTwice),
    withFloor(crashed, 12),
    await lived(undefined, 9, 'crash', lazy),
    await lived(undefined, 12, 'close', { checksum: 'crc32' }),
    await lived(undefined, 9, 'crash', { commitAlignment: 'block' }),
  ]
  return snapshots.map(({ files }) => files)
}

/** A log whose cut segment still has what stood behind the cut, and a spare. */
function withRest({ files }: MemorySnapshot, before: MemorySnapshot): MemorySnapshot {
  const name = [...before.files.keys()].filter((file) => file.endsWith('.varve')).sort().at(-1) ?? ''
  const rest = before.files.get(name) ?? new Uint8Array(0)
  const added = [[name, rest], ['spare-00000009.varve', new Uint8Array(4096)], ['note.txt', Uint8Array.of(1)]] as const
  return { generation: 0, files: new Map([...files, ...added]) }
}

/** A log of which everything below `floor` may go. */
function withFloor({ files, generation }: MemorySnapshot, floor: number): MemorySnapshot {
  const [name, bytes] = newestOf(files)
  const payload = new Uint8Array(8)
  payload[0] = floor
  return { generation, files: new Map([...files, [name, withControl(bytes, 4, payload)]]) }
}

export function newestOf(files: Files): readonly [string, Uint8Array<ArrayBuffer>] {
  const names = [...files.keys()].filter((name) => /^[0-9a-f]{8}-.*varve$/.test(name)).sort()
  const name = names.at(-1) ?? [...files.keys()][0] ?? 'empty'
  return [name, files.get(name) ?? new Uint8Array(0)]
}

export function headerOf(bytes: Uint8Array): FileHeader | undefined {
  const result = decodeFileHeader(bytes)
  return result.kind === 'header' ? result.header : undefined
}

/** A file with a control record behind its last frame, in the place of a MARK if there is one; all checksums right. */
export function withControl(
  bytes: Uint8Array<ArrayBuffer>,
  type: number,
  payload: Uint8Array,
  claim: 'durable' | 'nothing' = 'durable',
): Uint8Array<ArrayBuffer> {
  const header = headerOf(bytes)
  if (header === undefined) return bytes
  const frames = framesIn(bytes, header, header.blockBytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const isMark = (at: number): boolean => bytes[at + 38] === 1 && view.getUint16(at + 36, true) === 6
  const last = frames.filter((at) => !isMark(at)).at(-1)
  const position = last === undefined ? header.blockBytes : last + frameBytes(view.getUint32(last + 4, true))
  const sequence = last === undefined ? header.firstSequence - 1 : view.getUint32(last + 8, true)
  const timestamp = last === undefined ? header.lastTimestamp : view.getUint32(last + 16, true)
  // The length of the last frame may itself be a lie.
  if (position > bytes.length) return bytes
  const record = { sequence, timestamp, type, flags: 1, payload }
  const frame = forgeFrame(header, position, claim === 'durable' ? position : 0, record)
  const out = new Uint8Array(Math.max(bytes.length, position + frame.length))
  out.set(bytes)
  out.set(frame, position)
  return out
}

export const recordFileName = 'records'
export const fileGeometry = { blockBytes: 128, stagingBytes: 4096, readBytes: 4096, capacity: 16_384 } as const

async function livedFile(
  before: MemorySnapshot | undefined,
  units: number,
  end: 'close' | 'crash',
  durability: 'sync' | 'async',
): Promise<MemorySnapshot> {
  const storage = memoryStorage(before === undefined ? {} : { snapshot: before })
  const file = await openRecordFile({
    storage, name: recordFileName, ...fileGeometry, durability, async: lazy.async ?? {}, runtime: seeded(units),
  })
  await append(file, units, file.lastSequence)
  if (end === 'close') await file.close()
  const { files, generation } = storage.snapshot()
  // Room that was reserved ahead tells nothing new.
  const trimmed = [...files].map(([name, bytes]) => [name, bytes.slice(0, 6144)] as const)
  return { files: new Map(trimmed), generation }
}

/** Record files in every state that one can be in. */
export async function recordFileImages(): Promise<readonly Files[]> {
  const closed = await livedFile(undefined, 5, 'close', 'sync')
  const images = [
    closed,
    await livedFile(undefined, 0, 'crash', 'sync'),
    await livedFile(undefined, 9, 'crash', 'sync'),
    await livedFile(undefined, 8, 'crash', 'async'),
    await livedFile(closed, 4, 'crash', 'async'),
  ]
  return images.map(({ files }) => files)
}
