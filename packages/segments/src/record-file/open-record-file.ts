import { fileKind, frameHeaderBytes, type FileHeader, type Kernel } from '@varve/codec'
import { checkFileName, io, type LogFile, type Procedure, type StorageLock } from '@varve/storage'
import { SparseIndex } from '../format/sparse-index.ts'
import { FrameReader, startOfFile } from '../read/frame-reader.ts'
import { readBytes } from '../read/read-bytes.ts'
import { reading } from '../read/reading.ts'
import { carry } from '../recover/carry.ts'
import type { LastSegment } from '../recover/last-segment.ts'
import { unremarkable, type RecoveryReport } from '../recover/report.ts'
import { resume } from '../recover/resume.ts'
import { decide, discardedTail } from '../recover/verdicts.ts'
import { bringForth, randomId, randomWord } from '../write/birth.ts'
import { FrameWriter, growthOf } from '../write/frame-writer.ts'
import { readRecordFileHeader, type FoundFile } from './header.ts'
import type { RecordFileSettings } from './options.ts'
import { scanRecordFile } from './scan.ts'

export interface OpenedFile {
  readonly writer: FrameWriter
  readonly report: RecoveryReport
}

/** Opens the file for appending, or begins it. */
export function* openFile(settings: RecordFileSettings, lock: StorageLock | undefined): Procedure<OpenedFile> {
  const { storage, name, runtime } = settings
  checkFileName(name)
  yield* io('make the names durable', () => storage.syncNames())
  const names = yield* io('list the directory', () => storage.list())
  const draft = draftName(name)
  if (names.includes(draft)) yield* io(`remove ${draft}`, () => storage.remove(draft))
  if (!names.includes(name)) {
    const life = newLife(settings, randomId(runtime), lock)
    const growth = growthOf(settings.durability)
    const { writer } = yield* bringForth(storage, yield* createDraft(settings), name, life, { growth })
    return { writer, report: { ...unremarkable, created: true } }
  }
  return yield* settings.buffers.lend((kernel) => goOn(settings, lock, kernel))
}

/** Finds out where the file ends, and goes on behind it. */
function* goOn(
  settings: RecordFileSettings,
  lock: StorageLock | undefined,
  kernel: Kernel,
): Procedure<OpenedFile> {
  const { storage, name, runtime } = settings
  const found = yield* readRecordFileHeader(storage, name)
  const file = yield* io(`open ${name}`, () => storage.open(name, 'existing'))
  yield* io(`sync ${name}`, () => file.sync())
  yield* io(`close ${name}`, () => file.close())
  const last = yield* scanRecordFile(storage, found, kernel, runtime)
  const row = decide(last, settings.tornTail)
  const { lastSequence } = last.contents
  const { firstSequence } = found.header
  const discarded = discardedTail(last, row)
  const report = { ...unremarkable, row: row.id, firstSequence, lastSequence, discarded }
  if (row.id === 'last.clean-shutdown') {
    const writer = yield* resume(storage, last, settings)
    return { writer, report: { ...report, cleanShutdown: true } }
  }
  const small = last.contents.end <= settings.rewriteBytesMax
  const writer = small ? yield* rewrite(settings, last, lock, kernel) : yield* cutInPlace(settings, last, kernel)
  return { writer, report: { ...report, carriedRecords: small ? last.contents.records : 0 } }
}

/**
 * Writes the valid prefix to a new file, with a new salt, and puts it in the old one's place: what was discarded can
 * never verify again, and the old file stays whole until the new one is durable under its name.
 */
function* rewrite(
  settings: RecordFileSettings,
  last: LastSegment<FoundFile>,
  lock: StorageLock | undefined,
  kernel: Kernel,
): Procedure<FrameWriter> {
  const { storage, name, runtime } = settings
  const { header } = last.surveyed
  const { logId, firstSequence, lastTimestamp } = header
  const fresh = newLife(settings, logId, lock)
  // A file that holds more than is asked for keeps it, with a CLOSE, and takes no more.
  const holds = fresh.blockBytes + last.contents.end - header.blockBytes + frameHeaderBytes
  const life = { ...fresh, firstSequence, lastTimestamp, capacity: Math.max(fresh.capacity, holds) }
  const index = new SparseIndex(life.capacity, life.blockBytes)
  const start = startOfFile(header, last.contents.end)
  const draft = yield* createDraft(settings)
  // The old file is closed again before the new one takes its name.
  const { writer } = yield* bringForth(storage, draft, name, life, {
    growth: growthOf(settings.durability),
    fill: (filling): Procedure<void> =>
      reading(storage, name, (source) =>
        carry(new FrameReader(source, name, header, start, kernel), filling, index, runtime),
      ),
  })
  return writer
}

/**
 * Cuts a torn tail off a file that is too large to be written anew, and writes what nothing proved durable over
 * itself, so that the sync that follows really writes it. Weaker than a new file: the salt stays the same, and a
 * device that damages what it rewrites may damage records that were acknowledged.
 */
function* cutInPlace(
  settings: RecordFileSettings,
  last: LastSegment<FoundFile>,
  kernel: Kernel,
): Procedure<FrameWriter> {
  const { storage, name } = settings
  const { contents, facts, surveyed } = last
  const file = yield* io(`open ${name}`, () => storage.open(name, 'existing'))
  try {
    yield* io(`cut ${name} to ${contents.end}`, () => file.resize(contents.end))
    const { memory } = kernel
    for (let at = facts.durableEnd; at < contents.end; ) {
      const part = memory.subarray(0, Math.min(memory.length, contents.end - at))
      const from = at
      const read = yield* readBytes(file, name, part, from)
      yield* io(`write ${name} at ${from}`, () => file.write(part.subarray(0, read), from))
      at += read
    }
    const growth = growthOf(settings.durability)
    const start = { ...contents, position: contents.end, durableEnd: facts.durableEnd, size: contents.end, growth }
    const writer = new FrameWriter(file, name, surveyed.header, start)
    yield* writer.syncFile()
    return writer
  } catch (error) {
    yield* io(`close ${name}`, () => file.close())
    throw error
  }
}

function draftName(name: string): string {
  return `${name}.new`
}

function* createDraft(settings: RecordFileSettings): Procedure<{ name: string; file: LogFile; size: number }> {
  const name = draftName(settings.name)
  const file = yield* io(`create ${name}`, () => settings.storage.open(name, 'create'))
  return { name, file, size: 0 }
}

function newLife(
  settings: RecordFileSettings,
  logId: Uint8Array<ArrayBuffer>,
  lock: StorageLock | undefined,
): FileHeader {
  const { checksum, blockBytes, segmentBytes: capacity, runtime } = settings
  return {
    kind: fileKind.recordFile,
    checksum,
    logId,
    salt: randomWord(runtime),
    firstSequence: 1,
    lastTimestamp: 0,
    segmentIndex: 0,
    blockBytes,
    capacity,
    chain: { low: 0, high: 0 },
    epoch: lock?.generation ?? 1,
    bornEnd: blockBytes,
    cut: 0,
  }
}
