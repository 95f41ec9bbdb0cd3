import { VarveError } from '@varve/codec'
import { io, type Procedure, type StorageLock } from '@varve/storage'
import { afterFailure } from '../after-failure.ts'
import type { LogEnd } from '../read/following.ts'
import { Leases } from '../read/leases.ts'
import type { LogView } from '../read/view.ts'
import { WriterView } from '../read/writer-view.ts'
import { openLog, type OpenedLog } from '../recover/open-log.ts'
import { FollowedView } from '../recover/followed-view.ts'
import { openReadOnly } from '../recover/open-read-only.ts'
import type { RecoveryReport } from '../recover/report.ts'
import { Committer } from '../write/committer.ts'
import { Metrics } from '../write/metrics.ts'
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
  if (settings.readOnly) {
    const found = yield* openReadOnly(settings)
    const view = new FollowedView(settings, found)
    const none = { writer: undefined, retention: undefined }
    return { settings, view, recovery: found.report, ...none, isClosed: false, isOver: false }
  }
  const lock = yield* io('take the lock', () => settings.storage.lock())
  try {
    const opened = yield* openLog(settings, lock)
    return { settings, recovery: opened.report, isClosed: false, isOver: false, ...writing(settings, opened, lock) }
  } catch (error) {
    yield* afterFailure(() => io('release the lock', () => lock.release()))
    throw error
  }
}

function writing(
  settings: LogSettings,
  opened: OpenedLog,
  lock: StorageLock,
): Pick<Session, 'view' | 'writer' | 'retention'> {
  const { lastSequence, lastTimestamp } = opened.active.writer
  const book = new StateBook(opened.state, opened.standsAlone)
  const staging = new Staging(settings, lastSequence, lastTimestamp, book)
  const leases = new Leases()
  const metrics = new Metrics()
  const sink = new Committer(opened.lineage, opened, staging, metrics, new Spares(opened.lineage))
  const retention = new Retention(opened.lineage, sink, leases)
  const writer = new Writer({ settings, staging, sink, metrics, lock, beside: retention })
  poisonWhenLost(writer, lock)
  return { view: new WriterView(settings, sink, leases, writer.moved), writer, retention }
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
  session.isClosed = true
  try {
    if (writer !== undefined) yield* writer.close()
  } finally {
    session.isOver = true
    view.moved.tell()
    if (settings.ownsStorage) yield* io('close the storage', () => settings.storage.close())
  }
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

/** What removes segments, or the error of a log that is read only or has ended. */
export function retentionOf(session: Session): Retention {
  writerOf(session).checkOpen()
  // Only a record file has a writer and no retention, and it offers nothing that asks for one.
  return session.retention as Retention
}
