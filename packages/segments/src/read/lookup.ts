import { createScanState, frameHeaderBytes, type Kernel } from '@varve/codec'
import { io, type LogFile, type LogStorage, type Procedure, type Runtime } from '@varve/storage'
import { Exclusive } from '../exclusive.ts'
import { seek } from '../format/sparse-index.ts'
import type { IndexEntry } from '../format/seal.ts'
import type { Segment } from '../segment.ts'
import { FrameNotes } from './frame-notes.ts'
import { FrameReader, startOfFile } from './frame-reader.ts'
import { FrameWalker } from './frame-walker.ts'
import type { Leases } from './leases.ts'
import { readBytes } from './read-bytes.ts'
import type { ReadBuffers } from './read-buffers.ts'
import type { LogRecord } from './records.ts'
import { sparseIndexOf } from './segment-index.ts'

/** The most files that are kept open, and the most records whose places are kept, in all of them: 2 MiB. */
const filesMax = 16
const notesMax = 2 ** 19

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
 * Finds single records fast: keeps the files of the last segments open, and notes where records begin, so that one
 * system call fetches one frame. Every frame is verified each time it is fetched; a note says no more than where to
 * look. It belongs to the process that writes the log: nobody else removes files that are kept open here, and before
 * this process does, it asks to {@link Lookup.forget} them.
 */
export class Lookup {
  readonly #storage: LogStorage
  readonly #buffers: ReadBuffers
  readonly #leases: Leases
  readonly #runtime: Runtime
  readonly #kept = new Map<number, Kept>()
  /** Files are opened and closed, and notes are made, by one call at a time. */
  readonly #turns: Exclusive
  #uses = 0
  #notes = 0
  #isClosed = false

  constructor(storage: LogStorage, buffers: ReadBuffers, leases: Leases, runtime: Runtime) {
    this.#storage = storage
    this.#buffers = buffers
    this.#leases = leases
    this.#runtime = runtime
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
      const notes = kept && notesFor(kept, segment, sequence)
      if (kept !== undefined && notes !== undefined && sequence < notes.next) {
        return yield* this.#fetch(kept, notes, sequence)
      }
      return yield* this.#turns.run(() => this.#search(segment, sequence))
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

  /** Notes what lies before the record as well. */
  *#search(segment: Segment, sequence: number): Procedure<LogRecord | undefined> {
    if (this.#isClosed) return undefined
    const kept = this.#kept.get(segment.index) ?? (yield* this.#keep(segment))
    const entry = entryFor(kept, segment, sequence)
    const notes = kept.notes.get(entry.offset) ?? new FrameNotes(entry)
    kept.notes.set(entry.offset, notes)
    yield* this.#buffers.lend((kernel) => this.#noteUpTo(sequence, notes, kept, segment, kernel))
    const found = sequence < notes.next ? yield* this.#fetch(kept, notes, sequence) : undefined
    yield* this.#makeRoom(kept)
    return found
  }

  *#keep(segment: Segment): Procedure<Kept> {
    const { name, index } = segment
    const file = yield* io(`open ${name}`, () => this.#storage.open(name, 'read'))
    let entries: readonly IndexEntry[]
    try {
      entries = yield* this.#buffers.lend((kernel) => sparseIndexOf(segment, file, kernel))
    } catch (error) {
      yield* io(`close ${name}`, () => file.close())
      throw error
    }
    const kept = { segment, file, index: entries, notes: new Map<number, FrameNotes>(), users: 0, usedAt: 0, isDropped: false }
    this.#kept.set(index, kept)
    return kept
  }

  *#noteUpTo(
    sequence: number,
    notes: FrameNotes,
    { file }: Kept,
    { name, header, end }: Segment,
    kernel: Kernel,
  ): Procedure<void> {
    const start = { ...startOfFile(header, end), position: notes.end, lastSequence: notes.next - 1, lastTimestamp: 0 }
    const reader = new FrameReader(file, name, header, start, kernel)
    const walker = new FrameWalker()
    while (notes.next <= sequence) {
      const run = yield* reader.next()
      if (run === undefined) return
      walker.enter(run)
      // No more than is asked for: the next stretch has notes of its own.
      while (notes.next <= sequence && walker.next()) {
        if (!walker.isControl) {
          notes.note(walker.position)
          this.#notes += 1
        }
        notes.end = walker.position + walker.end - walker.at
      }
      yield* this.#runtime.turn()
    }
  }

  *#fetch(kept: Kept, notes: FrameNotes, sequence: number): Procedure<LogRecord | undefined> {
    this.#uses += 1
    kept.usedAt = this.#uses
    kept.users += 1
    const kernel = this.#buffers.take()
    try {
      return yield* this.#read(kept, notes.offsetOf(sequence), notes.endOf(sequence), sequence, kernel)
    } finally {
      this.#buffers.give(kernel)
      kept.users -= 1
      if (kept.isDropped && kept.users === 0) yield* closed(kept)
    }
  }

  *#read(
    { file, segment }: Kept,
    position: number,
    end: number,
    sequence: number,
    kernel: Kernel,
  ): Procedure<LogRecord | undefined> {
    const { name, header } = segment
    const { memory } = kernel
    const bytes = end - position
    if (bytes > memory.length) return undefined
    const read = yield* readBytes(file, name, memory.subarray(0, bytes), position)
    const start = { ...startOfFile(header, end), position, lastSequence: sequence - 1, lastTimestamp: 0 }
    const state = createScanState(start)
    kernel.use(header)
    kernel.scan(0, read, state)
    if (state.records !== 1) return undefined
    const walker = new FrameWalker({ kernel, start: 0, end: read, position })
    walker.next()
    const { timestamp, type, payloadBytes } = walker.fields
    const payload = walker.copy(frameHeaderBytes, frameHeaderBytes + payloadBytes)
    return { sequence, timestamp, type, payload }
  }

  /** Closes the file that was not used for longest, and forgets the notes of all others, when there are too many. */
  *#makeRoom(current: Kept): Procedure<void> {
    if (this.#notes > notesMax) {
      for (const kept of this.#kept.values()) kept.notes.clear()
      this.#notes = 0
    }
    if (this.#kept.size <= filesMax) return
    let oldest: Kept | undefined
    for (const kept of this.#kept.values()) {
      const mayGo = kept !== current && kept.users === 0
      if (mayGo && (oldest === undefined || kept.usedAt < oldest.usedAt)) oldest = kept
    }
    if (oldest !== undefined) yield* this.#drop(oldest.segment.index)
  }

  *#drop(index: number): Procedure<void> {
    const kept = this.#kept.get(index)
    if (kept === undefined) return
    this.#kept.delete(index)
    for (const { records } of kept.notes.values()) this.#notes -= records
    kept.isDropped = true
    if (kept.users === 0) yield* closed(kept)
  }

  *#dropAll(): Procedure<void> {
    for (const index of [...this.#kept.keys()]) yield* this.#drop(index)
  }
}

function* closed({ file, segment }: Kept): Procedure<void> {
  yield* io(`close ${segment.name}`, () => file.close())
}

function notesFor(kept: Kept, segment: Segment, sequence: number): FrameNotes | undefined {
  return kept.notes.get(entryFor(kept, segment, sequence).offset)
}

/** Where the stretch begins that holds the record. */
function entryFor({ index }: Kept, { sparseIndex, firstSequence, header }: Segment, sequence: number): IndexEntry {
  return seek(sparseIndex ?? index, sequence) ?? { sequence: firstSequence, offset: header.blockBytes }
}
