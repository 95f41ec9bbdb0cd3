import { createScanState, type Kernel } from '@varve/codec'
import { io, type LogFile, type LogStorage, type Procedure, type Runtime } from '@varve/storage'
import { afterFailure } from '../after-failure.ts'
import { Exclusive } from '../exclusive.ts'
import { seek, seekAt } from '../format/sparse-index.ts'
import type { IndexEntry } from '../format/seal.ts'
import type { Segment } from '../segment.ts'
import { FrameNotes } from './frame-notes.ts'
import { FrameReader, startOfFile } from './frame-reader.ts'
import { FrameWalker } from './frame-walker.ts'
import type { Leases } from './leases.ts'
import { readBytes } from './read-bytes.ts'
import type { ReadBuffers } from './read-buffers.ts'
import type { LogRecord } from './log-record.ts'
import { sparseIndexOf } from './segment-index.ts'

/** The most files that are kept open, but for those in use. */
const filesMax = 16
/** The most notes, of all files together: 4 MiB, for half a GiB of small records, or more of larger ones. */
const notesMaxDefault = 2 ** 19

/** What is left of them when there were too many. */
const shareKept = 0.9

/** A file that is kept open, and what is known of it. */
interface Kept {
  readonly segment: Segment
  readonly file: LogFile
  /** Of a sealed segment, from its SEAL. That of the active one grows, and is asked for when it is needed. */
  readonly index: readonly IndexEntry[]
  /** By the offset at which a stretch begins. */
  readonly notes: Map<number, FrameNotes>
  /** Calls that read it now: it must not be closed under them. */
  users: number
  /** When it was last used, counted in uses. */
  usedAt: number
  /** It is not kept any more: its last user closes it. */
  isDropped: boolean
}

/**
 * Finds single records fast: keeps the files of the last segments open, and notes where some records begin, so that one
 * system call fetches a frame, or a few. Every frame is verified each time it is fetched; a note says no more than
 * where to look. It belongs to the process that writes the log: nobody else removes files that are kept open here, and
 * before this process does, it asks to {@link Lookup.forget} them.
 */
export class Lookup {
  readonly #storage: LogStorage
  readonly #buffers: ReadBuffers
  readonly #leases: Leases
  readonly #runtime: Runtime
  readonly #notesMax: number
  readonly #kept = new Map<number, Kept>()
  /** Files are opened and closed, and notes are made, by one call at a time. */
  readonly #turns: Exclusive
  /** Serves all calls: none waits while it stands on a frame. */
  readonly #walker: FrameWalker = new FrameWalker()
  #uses = 0
  #notes = 0
  #isClosed = false

  constructor(
    storage: LogStorage,
    buffers: ReadBuffers,
    leases: Leases,
    runtime: Runtime,
    notesMax: number = notesMaxDefault,
  ) {
    this.#storage = storage
    this.#buffers = buffers
    this.#leases = leases
    this.#runtime = runtime
    this.#notesMax = notesMax
    this.#turns = new Exclusive(runtime)
  }

  /**
   * The record, which `segment` holds. Undefined if it was not found where it should be: whoever reads up to it will
   * find out why.
   */
  *find(segment: Segment, sequence: number): Procedure<LogRecord | undefined> {
    const lease = this.#leases.take(segment.index)
    try {
      const kept = this.#kept.get(segment.index)
      const notes = kept?.notes.get(stretchStart(kept, segment, sequence))
      if (kept === undefined || notes === undefined || sequence >= notes.next) {
        return yield* this.#turns.run(() => this.#search(segment, sequence))
      }
      return yield* this.#fetch(kept, notes, sequence)
    } finally {
      this.#leases.end(lease)
    }
  }

  /** Closes the file of a segment that nobody reads any more, before it is removed or renamed. */
  *forget(index: number): Procedure<void> {
    if (this.#kept.has(index)) yield* this.#turns.run(() => this.#drop(index))
  }

  /** Closes all files; from now on nothing is found. */
  *close(): Procedure<void> {
    this.#isClosed = true
    yield* this.#turns.run(() => this.#dropAll())
  }

  /** Notes the whole stretch, or as much of it as there is. */
  *#search(segment: Segment, sequence: number): Procedure<LogRecord | undefined> {
    if (this.#isClosed) return undefined
    this.#forgetNotes()
    const kept = this.#kept.get(segment.index) ?? (yield* this.#keep(segment))
    const entries = indexOf(kept, segment)
    const at = seekAt(entries, sequence)
    const { firstSequence, header } = segment
    const entry = entries[at] ?? { sequence: firstSequence, offset: header.blockBytes }
    const notes = kept.notes.get(entry.offset) ?? new FrameNotes(entry)
    kept.notes.set(entry.offset, notes)
    // The index may know of frames that are being written. Where they begin, a MARK may stand still.
    const end = Math.min(entries[at + 1]?.offset ?? segment.end, segment.end)
    yield* this.#buffers.lend((kernel) => this.#noteUpTo(sequence, notes, end, kept, kernel))
    return sequence < notes.next ? yield* this.#fetch(kept, notes, sequence) : undefined
  }

  *#keep(segment: Segment): Procedure<Kept> {
    const { name, index } = segment
    yield* this.#makeRoom()
    const file = yield* io(`open ${name}`, () => this.#storage.open(name, 'read'))
    let entries: readonly IndexEntry[]
    try {
      entries = yield* this.#buffers.lend((kernel) => sparseIndexOf(segment, file, kernel))
    } catch (error) {
      yield* io(`close ${name}`, () => file.close())
      throw error
    }
    const unused = { notes: new Map<number, FrameNotes>(), users: 0, usedAt: 0, isDropped: false }
    const kept = { segment, file, index: entries, ...unused }
    this.#kept.set(index, kept)
    return kept
  }

  /** Reads on until the record is noted, or `end` is reached. What was read on the way is noted too. */
  *#noteUpTo(
    sequence: number,
    notes: FrameNotes,
    end: number,
    { file, segment: { name, header } }: Kept,
    kernel: Kernel,
  ): Procedure<void> {
    const start = { ...startOfFile(header, end), position: notes.end, lastSequence: notes.next - 1, lastTimestamp: 0 }
    const reader = new FrameReader(file, name, header, start, kernel)
    const walker = new FrameWalker()
    while (notes.next <= sequence) {
      const run = yield* reader.next()
      if (run === undefined) return
      walker.enter(run)
      const before = notes.count
      while (walker.next()) {
        const { position } = walker
        const frameEnd = position + walker.end - walker.at
        if (walker.isControl) notes.end = frameEnd
        else notes.pass(position, frameEnd)
      }
      this.#notes += notes.count - before
      yield* this.#runtime.turn()
    }
  }

  *#fetch(kept: Kept, notes: FrameNotes, sequence: number): Procedure<LogRecord | undefined> {
    const { file, segment } = kept
    const piece = notes.pieceOf(sequence)
    const position = notes.offsetOf(piece)
    const end = notes.endOf(piece)
    if (end - position > this.#buffers.bytes) return undefined
    this.#uses += 1
    kept.usedAt = this.#uses
    kept.users += 1
    const kernel = this.#buffers.take()
    try {
      const target = kernel.memory.subarray(0, end - position)
      const read = yield* readBytes(file, segment.name, target, position)
      const start = { ...startOfFile(segment.header, position + read), position, lastTimestamp: 0 }
      const state = createScanState({ ...start, lastSequence: notes.firstSequenceOf(piece) - 1 })
      kernel.use(segment.header)
      kernel.scan(0, read, state)
      return this.#recordIn(kernel, state.position - position, sequence)
    } finally {
      this.#buffers.give(kernel)
      kept.users -= 1
      if (kept.isDropped && kept.users === 0) yield* closed(kept)
    }
  }

  /** The record among the frames in the first `bytes` of the memory, which were verified; undefined if it is not. */
  #recordIn(kernel: Kernel, bytes: number, sequence: number): LogRecord | undefined {
    const walker = this.#walker
    walker.enter({ kernel, start: 0, end: bytes, position: 0 })
    while (walker.next()) {
      if (walker.isControl || walker.sequence !== sequence) continue
      const { timestamp, type, payload } = walker
      return { sequence, timestamp, type, payload: payload.slice() }
    }
    return undefined
  }

  /** Forgets the oldest notes when there are too many, first of the file that was not used for longest. */
  #forgetNotes(): void {
    if (this.#notes <= this.#notesMax) return
    const files = [...this.#kept.values()].sort((one, other) => one.usedAt - other.usedAt)
    for (const { notes } of files) {
      for (const [offset, { count }] of notes) {
        if (this.#notes <= shareKept * this.#notesMax) return
        notes.delete(offset)
        this.#notes -= count
      }
    }
  }

  /** Closes the files that were not used for longest, until there is room for one more. Those in use stay. */
  *#makeRoom(): Procedure<void> {
    for (let oldest = this.#oldest(); oldest !== undefined && this.#kept.size >= filesMax; oldest = this.#oldest()) {
      yield* this.#giveUp(oldest.segment.index)
    }
  }

  /** The file that was not used for longest; undefined while all are in use. */
  #oldest(): Kept | undefined {
    let oldest: Kept | undefined
    for (const kept of this.#kept.values()) {
      if (kept.users === 0 && (oldest === undefined || kept.usedAt < oldest.usedAt)) oldest = kept
    }
    return oldest
  }

  /** Another call may have done it already. */
  *#drop(index: number): Procedure<void> {
    const kept = this.#kept.get(index)
    if (kept !== undefined) yield* this.#keepNoLonger(kept)
  }

  *#keepNoLonger(kept: Kept): Procedure<void> {
    this.#kept.delete(kept.segment.index)
    for (const { count } of kept.notes.values()) this.#notes -= count
    kept.isDropped = true
    if (kept.users === 0) yield* closed(kept)
  }

  *#dropAll(): Procedure<void> {
    for (const index of [...this.#kept.keys()]) yield* this.#giveUp(index)
  }

  /** What was only read loses nothing by a file that cannot be closed, and nor do the others. */
  *#giveUp(index: number): Procedure<void> {
    yield* afterFailure(() => this.#drop(index))
  }
}

function* closed({ file, segment }: Kept): Procedure<void> {
  yield* io(`close ${segment.name}`, () => file.close())
}

/** That of the active segment grows, and is had from the segment. */
function indexOf({ index }: Kept, { sparseIndex }: Segment): readonly IndexEntry[] {
  return sparseIndex ?? index
}

/** Offset at which the stretch begins that holds the record. */
function stretchStart(kept: Kept, segment: Segment, sequence: number): number {
  return seek(indexOf(kept, segment), sequence)?.offset ?? segment.header.blockBytes
}
