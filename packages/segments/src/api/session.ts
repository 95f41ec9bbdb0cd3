import { VarveError } from '@varve/codec'
import { io, type Procedure } from '@varve/storage'
import type { LogView } from '../read/view.ts'
import { WriterView } from '../read/writer-view.ts'
import { openLog } from '../recover/open-log.ts'
import { openReadOnly } from '../recover/open-read-only.ts'
import type { RecoveryReport } from '../recover/report.ts'
import { LogWriter } from '../write/log-writer.ts'
import type { LogSettings } from './options.ts'

/** An open log, before it has an asynchronous or a synchronous face. */
export interface Session {
  readonly settings: LogSettings
  readonly view: LogView
  readonly recovery: RecoveryReport
  /** Absent when the log was opened for reading. */
  readonly writer: LogWriter | undefined
}

/** Opens a log. If that fails, the lock is given back. */
export function* openSession(settings: LogSettings): Procedure<Session> {
  if (settings.readOnly) {
    const view = yield* openReadOnly(settings)
    return { settings, view, recovery: view.report, writer: undefined }
  }
  const lock = yield* io('take the lock', () => settings.storage.lock())
  try {
    const opened = yield* openLog(settings, lock)
    const writer = new LogWriter(opened.lineage, lock, opened)
    return { settings, view: new WriterView(writer), recovery: opened.report, writer }
  } catch (error) {
    yield* releaseAfter(() => lock.release())
    throw error
  }
}

/** The failure that ended the open is what the caller must hear of, not that of giving the lock back. */
function* releaseAfter(release: () => PromiseLike<void> | void): Procedure<void> {
  try {
    yield* io('release the lock', release)
  } catch {
    // The lock dies with its process.
  }
}

/** The writer, or the error of a log that has none. */
export function writerOf(session: Session): LogWriter {
  if (session.writer !== undefined) return session.writer
  throw new VarveError('READ_ONLY', 'the log was opened with readOnly; open it for writing to append')
}
