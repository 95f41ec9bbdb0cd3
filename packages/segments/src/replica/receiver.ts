import { isVarveError, VarveError, type FileHeader } from '@varve/codec'
import { io, type Procedure } from '@varve/storage'
import { segmentName, sortNames } from '../format/names.ts'
import { isArchived } from '../segment.ts'
import { bytesToHex, diverged, type StreamChunk, type StreamPosition } from '../stream/position.ts'
import { createSpare, mustBeNext, randomWord, type Lineage } from '../write/birth.ts'
import {
  closeFilling,
  leaveBehind,
  makeDurable,
  occupiedEnd,
  placeOf,
  type Filling,
  type ReceiverParts,
} from './filling.ts'
import { beginningOf, checkChunk, headerIn, outOfOrder, progressWith } from './incoming.ts'
import { createPositionFile, type PositionFile, type Statement } from './position-file.ts'
import { carriesOver, checkSuccession } from './succession.ts'

/** What was found in a directory that is a replica already. */
export interface Resumed {
  readonly positions: PositionFile
  /** Absent when no segment has its name yet. */
  readonly filling: Filling | undefined
}

/**
 * Writes the pieces of a stream where they belong. It takes nobody's word: every frame is verified before it is
 * written, and every segment is held against the one before it. One call at a time.
 *
 * Invariants: a segment has its name only when it holds what it was born with and the one before it is complete, all of
 * it durable; what is stated is durable before it is stated, and stated before it is told.
 */
export class Receiver {
  /** Everything before it is durable here; undefined while there is nothing. */
  synced: StreamPosition | undefined
  readonly #parts: ReceiverParts
  #positions: PositionFile | undefined
  #filling: Filling | undefined
  /** The segment before one that has no name yet. */
  #before: Filling | undefined
  readonly #spares: Pick<Lineage, 'storage' | 'nextSpare'>
  #failure: VarveError | undefined

  constructor(parts: ReceiverParts, resumed?: Resumed) {
    this.#parts = parts
    this.#spares = { storage: parts.storage, nextSpare: 1 }
    this.#positions = resumed?.positions
    this.#filling = resumed?.filling
    this.synced = this.position
  }

  /** Where the next piece goes; undefined while there is nothing. */
  get position(): StreamPosition | undefined {
    return this.#filling && placeOf(this.#filling)
  }

  /** Oldest sequence number that the replica promises. */
  get floor(): number {
    return this.#positions?.statement.floor ?? 1
  }

  /**
   * Hands a piece to the operating system. What it throws before anything was written has changed nothing.
   *
   * @throws VarveError `INVALID_ARGUMENT`, `CORRUPT`, `FOREIGN_FILE`, `UNSUPPORTED_FORMAT`: nothing was written.
   * `POISONED`: an operation failed; close the replica and open it again.
   */
  *write(chunk: StreamChunk): Procedure<void> {
    this.#checkAlive()
    checkChunk(chunk)
    if (chunk.from.offset === 0) yield* this.#begin(chunk, headerIn(chunk))
    else yield* this.#continue(chunk)
    const filling = this.#filling
    if (filling !== undefined && !filling.isNamed && filling.progress.scan.position >= filling.header.bornEnd) {
      yield* this.#giveName(filling)
    }
  }

  /** Makes everything written so far durable, and says so. */
  *sync(): Procedure<void> {
    this.#checkAlive()
    // What has no name yet is as good as not there; the segment before it is durable.
    const filling = this.#filling?.isNamed === false ? this.#before : this.#filling
    const positions = this.#positions
    if (filling === undefined || positions === undefined) return
    const statement = statementOf(filling)
    yield* this.#guarded(function* (): Procedure<void> {
      yield* makeDurable(filling)
      if (!isSame(statement, positions.statement)) yield* positions.state(statement)
    })
    this.synced = placeOf(filling)
  }

  /**
   * Removes the segments that lie wholly below the floor, oldest first, each removal durable before the next. The
   * newest two stay: what they say of floor and checkpoints is the newest word. So does the one that the position is
   * in, without which nobody could tell that the replica is whole.
   */
  *reclaim(): Procedure<readonly string[]> {
    this.#checkAlive()
    const { storage } = this.#parts
    const { segments } = sortNames(yield* io('list the replica', () => storage.list()))
    const statedSegment = this.#positions?.statement.segment ?? 0
    const removable = segments.slice(0, -2).filter(({ index }, at) => {
      const successor = segments[at + 1]
      return successor !== undefined && index < statedSegment && isArchived(successor, this.floor)
    })
    for (const { name } of removable) {
      yield* io(`remove ${name}`, () => storage.remove(name))
      yield* io(`make the removal of ${name} durable`, () => storage.syncNames())
    }
    return removable.map(({ name }) => name)
  }

  /** Writes nothing any more. */
  poison(cause: VarveError): void {
    this.#failure ??= poisoned(cause)
  }

  /** Gives all files back, also when one of the calls fails. */
  *close(): Procedure<void> {
    try {
      if (this.#before !== undefined) yield* closeFilling(this.#before)
    } finally {
      try {
        if (this.#filling !== undefined) yield* closeFilling(this.#filling)
      } finally {
        if (this.#positions !== undefined) yield* this.#positions.close()
      }
    }
  }

  /** Begins a segment, under the name of a spare. */
  *#begin(chunk: StreamChunk, header: FileHeader): Procedure<void> {
    const before = this.#filling
    if (before?.isNamed === false) throw outOfOrder(chunk.from.segment, 0, 'the segment before it is not complete')
    if (before !== undefined) yield* checkSuccession(before, header, this.#parts)
    const logId = this.#positions?.header.logId
    if (logId !== undefined && bytesToHex(logId) !== bytesToHex(header.logId)) {
      throw diverged(chunk.from, 'it belongs to another log')
    }
    yield* this.#guarded(() => this.#create(chunk, header, before))
  }

  *#create({ bytes }: StreamChunk, header: FileHeader, before: Filling | undefined): Procedure<void> {
    if (before === undefined) yield* this.#becomeReplica(header)
    else yield* makeDurable(before)
    const { name, file } = yield* createSpare(this.#spares)
    const progress = beginningOf(header, before?.progress.floor ?? header.firstSequence)
    this.#before = before
    this.#filling = { header, name, file, isOpen: true, isNamed: false, progress, isDirty: true }
    yield* io(`write the header of ${name}`, () => file.write(new Uint8Array(bytes), 0))
  }

  /** Before the first segment has its name, the directory says that it is a replica. */
  *#becomeReplica(header: FileHeader): Procedure<void> {
    const statement = statementOf({ header, progress: beginningOf(header, header.firstSequence) }, 0)
    if (this.#positions !== undefined) {
      yield* this.#positions.state(statement)
      return
    }
    const { storage, runtime } = this.#parts
    const spare = yield* createSpare(this.#spares)
    const { logId, blockBytes } = header
    const life = { logId, blockBytes, salt: randomWord(runtime) }
    this.#positions = yield* createPositionFile(storage, spare, life, statement)
  }

  *#continue(chunk: StreamChunk): Procedure<void> {
    const { from } = chunk
    const filling = this.#filling
    if (filling?.header.segmentIndex !== from.segment) {
      throw outOfOrder(from.segment, from.offset, 'that segment is not being filled')
    }
    const { name, file, header } = filling
    const progress = progressWith(chunk, header, filling.progress)
    const end = progress.isWhole ? header.capacity : occupiedEnd(header, progress)
    const bytes = new Uint8Array(end - from.offset)
    bytes.set(chunk.bytes)
    yield* this.#guarded(function* (): Procedure<void> {
      yield* io(`write ${name} at ${from.offset}`, () => file.write(bytes, from.offset))
      filling.isDirty = true
      filling.progress = progress
    })
  }

  /** Everything that it was born with is there: from now on it is a segment of the log. */
  *#giveName(filling: Filling): Procedure<void> {
    const before = this.#before
    const parts = this.#parts
    const isContinued = yield* this.#guarded(function* (): Procedure<boolean> {
      return before === undefined || (yield* carriesOver(filling, before, parts))
    })
    if (!isContinued) {
      yield* this.#guarded(() => this.#abandon(filling))
      throw diverged({ segment: filling.header.segmentIndex, offset: 0 }, 'it lacks records that the replica has')
    }
    yield* this.#guarded(() => this.#rename(filling, before))
  }

  *#rename(filling: Filling, before: Filling | undefined): Procedure<void> {
    const { storage } = this.#parts
    const { header, name: spare } = filling
    const name = segmentName(header.segmentIndex, header.firstSequence)
    yield* makeDurable(filling)
    yield* closeFilling(filling)
    yield* mustBeNext(storage, header.segmentIndex)
    yield* io(`rename ${spare} to ${name}`, () => storage.rename(spare, name))
    yield* io(`make the name ${name} durable`, () => storage.syncNames())
    filling.file = yield* io(`open ${name}`, () => storage.open(name, 'existing'))
    filling.name = name
    filling.isOpen = true
    filling.isNamed = true
    if (before !== undefined) yield* leaveBehind(before, header)
    this.#before = undefined
  }

  /** What was begun is no part of this log. */
  *#abandon(filling: Filling): Procedure<void> {
    const { name } = filling
    yield* closeFilling(filling)
    yield* io(`remove ${name}`, () => this.#parts.storage.remove(name))
    this.#filling = this.#before
    this.#before = undefined
  }

  #checkAlive(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Runs a step that changes something; when it fails nobody knows what it changed. */
  *#guarded<T>(step: () => Procedure<T>): Procedure<T> {
    try {
      return yield* step()
    } catch (cause) {
      this.#failure ??= poisoned(cause)
      throw this.#failure
    }
  }
}

/** What the replica says of itself when everything of `filling` is durable. */
function statementOf({ header, progress }: Pick<Filling, 'header' | 'progress'>, offset?: number): Statement {
  const { scan, isWhole, floor } = progress
  return {
    segment: header.segmentIndex,
    offset: offset ?? scan.position,
    isWhole,
    salt: header.salt,
    digest: { low: scan.chainLow, high: scan.chainHigh },
    floor,
  }
}

function isSame(one: Statement, other: Statement): boolean {
  return one.segment === other.segment && one.offset === other.offset && one.isWhole === other.isWhole
}

function poisoned(cause: unknown): VarveError {
  const reason = isVarveError(cause) || cause instanceof Error ? cause.message : String(cause)
  return new VarveError(
    'POISONED',
    `the replica failed, so what is on its disk is unknown (${reason}); close it, open it again, and stream from its ` +
      'position',
    {},
    cause,
  )
}
