import { isVarveError, type VarveError } from '@varve/codec'
import type { LogStorage } from '@varve/storage'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { openLogSync, type SynchronousLog } from '../../src/index.ts'
import { recordsIn, type ImageOptions, type LogImage } from './damage-image.ts'
import type { PlainSegment } from './log-files.ts'
import { intercept } from './log-intercept.ts'
import { plain, type PlainRecord } from './log-records.ts'

/**
 * What became of damage: an error that a user gets; nothing at all, with every record as it was; or fewer records
 * without an error, which is what a crash before the last commit looks like.
 */
export type Outcome =
  | { readonly kind: 'reported'; readonly error: VarveError }
  | { readonly kind: 'harmless' }
  | { readonly kind: 'shorter'; readonly lost: number }

/** Codes that tell a user of damage. Anything else that is thrown is a crash. */
const reports = ['CORRUPT', 'UNSUPPORTED_FORMAT', 'FOREIGN_FILE'] as const

/**
 * Opens a damaged log for writing and reads all of it. Throws when it does what it must never do: yield a wrong
 * record, skip one, find others when opened once more, crash, or ask for more memory than a segment can hold.
 */
export function outcomeOf(image: LogImage, damaged: MemorySnapshot, options: ImageOptions): Outcome {
  const storage = memoryStorage({ snapshot: damaged })
  let log: SynchronousLog
  try {
    log = openLogSync({ storage: withBoundedReads(storage, options), ...options })
  } catch (error) {
    expectUnchanged(damaged, storage.snapshot())
    return reported(error)
  }
  const records: PlainRecord[] = []
  try {
    for (const record of log.readSync()) records.push(plain(record))
  } catch (error) {
    expectPrefix(records, image.records)
    if (options.verify === 'all') throw new Error('damage that verify all did not see', { cause: error })
    return reported(error)
  }
  expectPrefix(records, image.records)
  log.closeSync()
  const again = recordsIn(storage.snapshot(), options)
  expectPrefix(again, image.records)
  if (again.length !== records.length) throw new Error(`${again.length} records when opened once more`)
  const lost = image.records.length - records.length
  return lost === 0 ? { kind: 'harmless' } : { kind: 'shorter', lost }
}

function reported(error: unknown): Outcome {
  if (reports.some((code) => isVarveError(error, code))) return { kind: 'reported', error: error as VarveError }
  throw error
}

function expectPrefix(found: readonly PlainRecord[], expected: readonly PlainRecord[]): void {
  found.forEach((record, at) => {
    if (JSON.stringify(record) === JSON.stringify(expected[at])) return
    throw new Error(`record ${at + 1} is ${JSON.stringify(record)} and was ${JSON.stringify(expected[at])}`)
  })
}

/** An open that refuses says that nothing was changed. */
export function expectUnchanged(before: MemorySnapshot, after: MemorySnapshot): void {
  const names = [...before.files.keys()].sort().join()
  if ([...after.files.keys()].sort().join() !== names) throw new Error('an open that failed changed the files')
  for (const [name, bytes] of before.files) {
    const isSame = Buffer.compare(bytes, after.files.get(name) as Uint8Array) === 0
    if (!isSame) throw new Error(`an open that failed changed ${name}`)
  }
}

function withBoundedReads(storage: LogStorage, options: ImageOptions): LogStorage {
  const most = Math.max(options.segmentBytes ?? 0, options.readBytes ?? 0)
  return intercept(storage, ({ kind, bytes }, perform) => {
    if (kind === 'read' && bytes > most) throw new Error(`a read of ${bytes} bytes`)
    return perform()
  })
}

/** What an offset of a segment belongs to, such as `sealed: record` or `last: zeros`. */
export function regionOf(segments: readonly PlainSegment[], name: string, offset: number): string {
  const at = segments.findIndex((segment) => segment.name === name)
  const segment = segments[at]
  if (segment === undefined) throw new Error(`no segment ${name}`)
  const next = segments[at + 1]
  const role = next === undefined ? 'last' : next.header.cut > 0 ? 'cut' : 'sealed'
  return `${role}: ${placeOf(segment, offset, next?.header.cut ?? 0)}`
}

function placeOf(segment: PlainSegment, offset: number, cut: number): string {
  if (offset < segment.header.blockBytes) return offset < 128 ? 'header' : 'rest of the header block'
  if (cut > 0 && offset >= cut) return 'behind the cut'
  const frame = segment.frames.find(({ position, end }) => position <= offset && offset < end)
  if (frame !== undefined) return frame.kind
  const isSealed = segment.frames.at(-1)?.kind === 'seal'
  return isSealed && offset >= segment.header.capacity - 64 ? 'trailer' : 'zeros'
}

/** The offset at which the frame, or whatever it is, begins that holds `offset`. */
function unitStart(segment: PlainSegment, offset: number): number {
  if (offset < segment.header.blockBytes) return 0
  const frame = segment.frames.find(({ position, end }) => position <= offset && offset < end)
  return frame?.position ?? segment.frames.at(-1)?.end ?? segment.header.blockBytes
}

/** Where damage is said to be, if that is not where it is; else undefined. */
export function misplaced(
  segment: PlainSegment,
  offset: number,
  context: Readonly<Record<string, unknown>>,
): string | undefined {
  const { file, position = 0 } = context
  if (file !== segment.name) return `names ${String(file)}`
  const inPlace = typeof position === 'number' && position >= unitStart(segment, offset) && position <= offset
  return inPlace ? undefined : `names byte ${String(position)}`
}
