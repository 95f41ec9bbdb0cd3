import { VarveError } from '@varve/codec'
import { io, type Procedure, type StorageLock } from '@varve/storage'
import { afterFailure } from '../after-failure.ts'
import { Leases } from '../read/leases.ts'
import { Lookup } from '../read/lookup.ts'
import { TailFeeds } from '../read/tail-feeds.ts'
import type { LogEnd } from '../read/tail-options.ts'
import type { LogView } from '../read/view.ts'
import { WriterView } from '../read/writer-view.ts'
import { openLog, type OpenedLog } from '../recover/open-log.ts'
import { FollowedView } from '../recover/followed-view.ts'
import { openReadOnly } from '../recover/open-read-only.ts'
import { observationOf, type Observation } from '../observe/observation.ts'
import type { RecoveryReport } from '../recover/report.ts'
import { Committer } from '../write/committer.ts'
import { Metrics, type WriterStats } from '../write/metrics.ts'
import { Retention } from '../write/retention.ts'
import { Spares } from '../write/spares.ts'
import { Staging } from '../write/staging.ts'
import { StateBook } from '../write/state-book.ts'
import { Writer } from '../write/writer.ts'
import type { LogSettings } from './options.ts'

/** An open log, before it has an asynchronous or a synchronous face. */
export interface Session {
  readonly settings: LogSettings
  readonly view: LogView
  readonly recovery: RecoveryReport
  /** Absent when the log was opened for reading. */
  readonly writer: Writer | undefined
  /** Absent where nothing is ever removed. */
  readonly retention: Retention | undefined
  /** Absent without an observer. */
  readonly observation: Observation | undefined
  /** What its tails read together; absent where somebody else writes. */
  readonly feeds: TailFeeds | undefined
  /** Closing has begun. */
  isClosed: boolean
  /** Closing has come to its end, but for the storage. */
  isOver: boolean
}

/** Opens a log. If that fails, the lock is given back, and the storage too if it is the log's own. */
export function* openSession(settings: LogSettings): Procedure<Session> {
  try {
    return yield* open(settings)
  } catch (error) {
    if (settings.ownsStorage) yield* afterFailure(() => io('close the storage', () => settings.storage.close()))
    throw error
  }
}

function* open(settings: LogSettings): Procedure<Session> {
  const observation = observationOf(settings.runtime, settings.observer)
  const session = yield* openWith(settings, observation)
  observation?.tell({ kind: 'opened', recovery: session.recovery })
  return session
}

function* openWith(settings: LogSettings, observation: Observation | undefined): Procedure<Session> {
  if (settings.readOnly) {
    const found = yield* openReadOnly(settings)
    const view = new FollowedView(settings, found)
    const none = { writer: undefined, retention: undefined, observation, feeds: undefined }
    return { settings, view, recovery: found.report, ...none, isClosed: false, isOver: false }
  }
  const lock = yield* io('take the lock', () => settings.storage.lock())
  try {
    const opened = yield* openLog(settings, lock)
    const parts = writing(settings, opened, lock, observation)
    return { settings, recovery: opened.report, observation, isClosed: false, isOver: false, ...parts }
  } catch (error) {
    yield* afterFailure(() => io('release the lock', () => lock.release()))
    throw error
  }
}

function writing(
  settings: LogSettings,
  opened: OpenedLog,
  lock: StorageLock,
  observation: Observation | undefined,
): Pick<Session, 'view' | 'writer' | 'retention' | 'feeds'> {
  const { lastSequence, lastTimestamp } = opened.active.writer
  const book = new StateBook(opened.state, opened.standsAlone)
  const staging = new Staging(settings, lastSequence, lastTimestamp, book)
  const leases = new Leases()
  const metrics = new Metrics(settings.runtime, observation)
  const spares = new Spares(opened.lineage, metrics)
  const sink = new Committer(opened.lineage, opened, staging, metrics, spares)
  const lookup = new Lookup(settings.storage, settings.buffers, leases, settings.runtime)
  const retention = new Retention(opened.lineage, sink, leases, lookup, spares)
  const writer = new Writer({ settings, staging, sink, metrics, lock, beside: retention })
  poisonWhenLost(writer, lock)
  const view = new WriterView(settings, sink, leases, lookup, writer.moved)
  return { view, writer, retention, feeds: new TailFeeds(view) }
}

/** Without the lock somebody else may be writing. */
export function poisonWhenLost(writer: Pick<Writer, 'poison'>, lock: StorageLock): void {
  lock.lost?.then((reason) => {
    writer.poison(new VarveError('LOCKED', `the lock was lost: ${String(reason)}`, { holder: lock.holder }))
  })
}

/** Ends a session. Its storage is closed even when the writer has a loss to report. */
export function* closeSession(session: Session): Procedure<void> {
  const { settings, view, writer } = session
  const { lookup } = view
  session.isClosed = true
  try {
    // Before the lock is given back: the next writer may remove what is open here. What was only read loses nothing.
    if (lookup !== undefined) yield* lookup.close()
    if (writer !== undefined) yield* writer.close()
  } finally {
    session.isOver = true
    view.moved.end()
    tellClosed(session)
    if (settings.ownsStorage) yield* io('close the storage', () => settings.storage.close())
  }
}

function tellClosed({ observation, writer, view }: Session): void {
  if (observation === undefined) return
  const durableSequence = view.visibleSequence('durable')
  const lastSequence = writer?.lastSequence ?? view.visibleSequence('written')
  observation.tell({ kind: 'closed', lastSequence, durableSequence })
}

/** @throws VarveError `CLOSED` */
export function viewOf(session: Session): LogView {
  if (session.isClosed) throw new VarveError('CLOSED', 'the log was closed; open it again')
  return session.view
}

/** What those who follow the log ask before they wait. */
export function endOf(session: Session): () => LogEnd {
  return () => ({ isOver: session.isOver, failure: session.writer?.failure })
}

/** The writer, or the error of a log that has none. */
export function writerOf(session: Session): Writer {
  if (session.writer !== undefined) return session.writer
  throw new VarveError('READ_ONLY', 'the log was opened with readOnly; open it for writing to append')
}

/** A moment of a log; counts are since it was opened. */
export interface LogStats extends WriterStats {
  /** Readers of this process that hold segments from being removed. */
  readonly readers: number
}

export function statsOf(session: Session): LogStats {
  return { ...writerOf(session).stats(), readers: session.view.leases.count }
}

/** What removes segments, or the error of a log that is read only or has ended. */
export function retentionOf(session: Session): Retention {
  writerOf(session).checkOpen()
  // Only a record file has a writer and no retention, and it offers nothing that asks for one.
  return session.retention as Retention
}
