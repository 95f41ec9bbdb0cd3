import { encodeFileHeader, fileKind, VarveError, type FileHeader, type Word64 } from '@varve/codec'
import { io, type LogFile, type LogStorage, type Procedure, type Runtime } from '@varve/storage'
import type { LogSettings } from '../api/options.ts'
import { segmentName, sortNames, spareName } from '../format/names.ts'
import { FrameWriter, growthOf, type Growth } from './frame-writer.ts'

/** What every segment of one writer has in common. */
export interface Lineage {
  readonly storage: LogStorage
  readonly runtime: Runtime
  readonly settings: LogSettings
  readonly logId: Uint8Array<ArrayBuffer>
  /** Generation of the lock. */
  readonly epoch: number
  /** Numbers for the names of spares; those that an earlier writer left were removed. */
  nextSpare: number
  /** Whether a segment may be born in the place of one that is there: a repair has set that one aside. */
  readonly mayReplace?: boolean
}

/** A file under a spare's name, open, holding nothing but zeros. */
export interface Spare {
  readonly name: string
  readonly file: LogFile
  /** Bytes that have real blocks. */
  readonly size: number
}

/** Where a new segment goes on. */
export interface Birth {
  readonly index: number
  readonly firstSequence: number
  readonly lastTimestamp: number
  readonly chain: Word64
  /** Where the predecessor ends if it was not sealed, in bytes; else 0. */
  readonly cut: number
  readonly capacity: number
  /** Writes the frames that the segment is born with. */
  readonly fill?: (writer: FrameWriter) => Procedure<void>
}

export interface Born {
  readonly name: string
  readonly header: FileHeader
  readonly writer: FrameWriter
}

/** Gives birth to a segment: see {@link bringForth}. */
export function* giveBirth(lineage: Lineage, birth: Birth, prepared?: Spare): Procedure<Born> {
  const spare = prepared ?? (yield* createSpare(lineage))
  const name = segmentName(birth.index, birth.firstSequence)
  const { storage } = lineage
  const mayBeNamed = function* (): Procedure<void> {
    if (lineage.mayReplace !== true) yield* mustBeNext(storage, birth.index)
  }
  const growth = growthOf(lineage.settings.durability)
  return yield* bringForth(storage, spare, name, newLife(lineage, birth), { growth, fill: birth.fill, mayBeNamed })
}

/**
 * A writer that was stopped for long may have been taken for dead: then its successor has given birth to the segment
 * that would be next, and two of one index would make the log unreadable. Who is stopped between this look and the
 * rename can still do that; a storage's lock must not be taken over from the living.
 */
export function* mustBeNext(storage: LogStorage, index: number): Procedure<void> {
  const names = yield* io('list the segments', () => storage.list())
  const newest = sortNames(names).segments.at(-1)
  if (newest === undefined || newest.index < index) return
  throw new VarveError(
    'LOCKED',
    `${newest.name} is there already: another writer has taken over, so this one has lost the lock; close it`,
    { file: newest.name },
  )
}

/** What may be said of a file that is being brought forth. */
export interface Upbringing {
  /** Default `reserved`. */
  readonly growth?: Growth
  /** Writes the frames that it is born with. */
  readonly fill?: ((writer: FrameWriter) => Procedure<void>) | undefined
  /** Called when it is whole, and throws if it may not have its name. */
  readonly mayBeNamed?: () => Procedure<void>
}

/**
 * Brings a file into being. It begins under a spare's name: what it is born with, header, sync; only then does it get
 * its own name, and only when that is durable may anything be appended. So a file's name proves that its header, and
 * everything below its born end, was durable.
 *
 * If power goes before the name is durable, a spare or nothing is left, which the next open removes; if a call fails,
 * likewise.
 */
export function* bringForth(
  storage: LogStorage,
  spare: Spare,
  name: string,
  life: FileHeader,
  { growth = 'reserved', fill, mayBeNamed }: Upbringing = {},
): Procedure<Born> {
  const { blockBytes, lastTimestamp, chain } = life
  const { size } = spare
  const lastSequence = life.firstSequence - 1
  const start = { position: blockBytes, durableEnd: 0, size, growth, lastSequence, lastTimestamp, chain }
  const filling = new FrameWriter(spare.file, spare.name, life, start)
  let header = life
  try {
    if (fill !== undefined) yield* fill(filling)
    header = { ...life, bornEnd: filling.position }
    yield* filling.writeRaw(encodeFileHeader(header), 0)
    yield* filling.syncFile()
  } finally {
    yield* filling.close()
  }
  if (mayBeNamed !== undefined) yield* mayBeNamed()
  yield* io(`rename ${spare.name} to ${name}`, () => storage.rename(spare.name, name))
  yield* io(`make the name ${name} durable`, () => storage.syncNames())
  const file = yield* io(`open ${name}`, () => storage.open(name, 'existing'))
  return { name, header, writer: new FrameWriter(file, name, header, filling.state()) }
}

/** An empty file under a spare's name. */
export function* createSpare(lineage: Pick<Lineage, 'storage' | 'nextSpare'>): Procedure<Spare> {
  const name = spareName(lineage.nextSpare)
  lineage.nextSpare += 1
  const file = yield* io(`create ${name}`, () => lineage.storage.open(name, 'create'))
  return { name, file, size: 0 }
}

/** The header but for its born end, with a salt that no other life of any file has. */
function newLife(lineage: Lineage, birth: Birth): FileHeader {
  const { settings, logId, epoch, runtime } = lineage
  const { index: segmentIndex, firstSequence, lastTimestamp, chain, cut, capacity } = birth
  const { checksum, blockBytes } = settings
  const salt = randomWord(runtime)
  const place = { segmentIndex, firstSequence, lastTimestamp, chain, cut, capacity }
  return { kind: fileKind.segment, checksum, logId, salt, blockBytes, epoch, bornEnd: blockBytes, ...place }
}

export function randomWord(runtime: Runtime): Word64 {
  const words = new Uint32Array(2)
  runtime.random(new Uint8Array(words.buffer))
  return { low: words[0] as number, high: words[1] as number }
}

export function randomId(runtime: Runtime): Uint8Array<ArrayBuffer> {
  const id = new Uint8Array(16)
  runtime.random(id)
  return id
}
