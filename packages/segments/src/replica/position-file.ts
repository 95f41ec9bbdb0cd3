import {
  viewOf,
  checksumId,
  decodeFileHeader,
  decodeRecord,
  encodeRecord,
  fileHeaderBytes,
  fileKind,
  frameBytes,
  type FileHeader,
  type Word64,
} from '@varve/codec'
import { io, type LogFile, type LogStorage, type Procedure } from '@varve/storage'
import { positionFileName } from '../format/names.ts'
import { getNumber, getWord, putNumber, putWord } from '../format/words.ts'
import { corrupt } from '../read/errors.ts'
import { readBytes } from '../read/read-bytes.ts'
import { reading } from '../read/reading.ts'
import { newerFormat } from '../recover/survey.ts'
import { bringForth, type Spare } from '../write/birth.ts'

/** What a replica says of itself: everything before the place is durable in it. */
export interface Statement {
  /** Index of a segment. */
  readonly segment: number
  /** Where the synced frames of it end, in bytes; 0 before it has its name. */
  readonly offset: number
  /** Whether its trailer is synced as well: nothing more comes in this segment. */
  readonly isWhole: boolean
  /** Salt of the segment. */
  readonly salt: Word64
  /** Chain digest up to the place. */
  readonly digest: Word64
  /** Oldest sequence number that the replica promises. */
  readonly floor: number
}

const statementBytes = 40

function encodeStatement(statement: Statement): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(statementBytes)
  const view = viewOf(bytes)
  view.setUint32(0, statement.segment, true)
  view.setUint32(4, statement.isWhole ? 1 : 0, true)
  putNumber(view, 8, statement.offset)
  putWord(view, 16, statement.salt)
  putWord(view, 24, statement.digest)
  putNumber(view, 32, statement.floor)
  return bytes
}

function decodeStatement(bytes: Uint8Array<ArrayBuffer>): Statement {
  const view = viewOf(bytes)
  return {
    segment: view.getUint32(0, true),
    isWhole: view.getUint32(4, true) === 1,
    offset: getNumber(view, 8),
    salt: getWord(view, 16),
    digest: getWord(view, 24),
    floor: getNumber(view, 32),
  }
}

/**
 * Statements are numbered from 1 and take turns in three blocks. The newest one that is found may be in the cache only,
 * and the one before is then all that is certain: the next one may touch the block of neither.
 */
const slots = 3

function slotOffset({ blockBytes }: FileHeader, number: number): number {
  return blockBytes * (1 + (number % slots))
}

function encodeSlot(header: FileHeader, number: number, statement: Statement): Uint8Array<ArrayBuffer> {
  const place = { salt: header.salt, position: slotOffset(header, number), checksum: header.checksum }
  return encodeRecord({ payload: encodeStatement(statement), sequence: number }, place)
}

/** The file in which a replica keeps its synced position. */
export class PositionFile {
  /** The last one that is durable. */
  statement: Statement
  readonly header: FileHeader
  readonly #file: LogFile
  #number: number

  constructor(file: LogFile, { header, number, statement }: Stated) {
    this.#file = file
    this.header = header
    this.#number = number
    this.statement = statement
  }

  /** Makes another statement, durably. What it says has to be true already. */
  *state(statement: Statement): Procedure<void> {
    const number = this.#number + 1
    const { bytes, at } = this.#slot(number, statement)
    const file = this.#file
    if (file.writeDurable === undefined) yield* this.#writeAndSync(bytes, at)
    else yield* io(`write ${positionFileName} durably at ${at}`, () => file.writeDurable?.(bytes, at))
    this.#number = number
    this.statement = statement
  }

  /**
   * Makes the statement that was found once more: it may have been readable and yet not on the disk, so nothing may be
   * told of it before. The sync covers what an earlier process may have left un-synced.
   */
  *restate(): Procedure<void> {
    const number = this.#number + 1
    const { bytes, at } = this.#slot(number, this.statement)
    yield* this.#writeAndSync(bytes, at)
    this.#number = number
  }

  #slot(number: number, statement: Statement): { readonly bytes: Uint8Array<ArrayBuffer>; readonly at: number } {
    return { bytes: encodeSlot(this.header, number, statement), at: slotOffset(this.header, number) }
  }

  *#writeAndSync(bytes: Uint8Array<ArrayBuffer>, at: number): Procedure<void> {
    yield* io(`write ${positionFileName} at ${at}`, () => this.#file.write(bytes, at))
    yield* io(`sync ${positionFileName}`, () => this.#file.sync())
  }

  *close(): Procedure<void> {
    yield* io(`close ${positionFileName}`, () => this.#file.close())
  }
}

/** What a position file says. */
export interface Stated {
  readonly header: FileHeader
  /** Of the statement, from 1. */
  readonly number: number
  readonly statement: Statement
}

/** Makes the directory a replica, or makes it one anew. The file has its name only when its statement is durable. */
export function* createPositionFile(
  storage: LogStorage,
  spare: Spare,
  life: Pick<FileHeader, 'logId' | 'salt' | 'blockBytes'>,
  statement: Statement,
): Procedure<PositionFile> {
  const { blockBytes } = life
  const header: FileHeader = {
    kind: fileKind.position,
    checksum: checksumId.xxh64,
    firstSequence: 1,
    lastTimestamp: 0,
    segmentIndex: 0,
    capacity: (1 + slots) * blockBytes,
    chain: { low: 0, high: 0 },
    epoch: 0,
    bornEnd: blockBytes,
    cut: 0,
    ...life,
  }
  const { writer } = yield* bringForth(storage, spare, positionFileName, header, {
    *fill(filling) {
      // All blocks are written, so that a statement never changes the size of the file.
      yield* filling.writeRaw(new Uint8Array(slots * blockBytes), blockBytes)
      yield* filling.writeRaw(encodeSlot(header, 1, statement), slotOffset(header, 1))
    },
  })
  yield* writer.close()
  return yield* openPositionFile(storage, { header, number: 1, statement })
}

export function* openPositionFile(storage: LogStorage, stated: Stated): Procedure<PositionFile> {
  const file = yield* io(`open ${positionFileName}`, () => storage.open(positionFileName, 'existing'))
  return new PositionFile(file, stated)
}

/** @throws VarveError `CORRUPT` when none of the statements verifies: at least one always does. */
export function* readPositionFile(storage: LogStorage): Procedure<Stated> {
  return yield* reading(storage, positionFileName, function* (file): Procedure<Stated> {
    const bytes = new Uint8Array(fileHeaderBytes)
    yield* readBytes(file, positionFileName, bytes, 0)
    const result = decodeFileHeader(bytes)
    if (result.kind === 'unsupported') throw newerFormat(positionFileName, result)
    if (result.kind !== 'header' || result.header.kind !== fileKind.position) throw unreadable('its header')
    const { header } = result
    let newest: Stated | undefined
    for (let slot = 1; slot <= slots; slot += 1) {
      const stated = yield* readSlot(file, header, slot)
      if (stated !== undefined && stated.number > (newest?.number ?? 0)) newest = stated
    }
    if (newest === undefined) throw unreadable('all of its statements')
    return newest
  })
}

function* readSlot(file: LogFile, header: FileHeader, number: number): Procedure<Stated | undefined> {
  const position = slotOffset(header, number)
  const bytes = new Uint8Array(frameBytes(statementBytes))
  yield* readBytes(file, positionFileName, bytes, position)
  const result = decodeRecord(bytes, { salt: header.salt, position, checksum: header.checksum })
  if (result.kind !== 'record' || result.record.payload.length !== statementBytes) return undefined
  const { sequence, payload } = result.record
  return { header, number: sequence, statement: decodeStatement(payload) }
}

function unreadable(what: string): Error {
  return corrupt({ file: positionFileName, position: 0, row: 'replica.position', evidence: `${what} cannot be read` })
}
