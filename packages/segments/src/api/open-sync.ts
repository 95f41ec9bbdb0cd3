import { VarveError } from '@varve/codec'
import { synchronousRuntime } from '@varve/storage'
import { settle, type LogOptions, type TypedLogOptions } from './options.ts'
import { openSession, type Session } from './session.ts'
import { SynchronousLog } from './synchronous-log.ts'
import { TypedSynchronousLog } from './typed-synchronous-log.ts'

/**
 * Opens the log in `options.storage`, or begins one, without an event loop. The storage must be synchronous. With
 * `entry`, the log is typed: it takes and gives what that codec does.
 *
 * @throws VarveError as `openLog`, and `STORAGE_IS_ASYNC` before anything is touched.
 */
export function openLogSync<Entry>(options: TypedLogOptions<Entry>): TypedSynchronousLog<Entry>
export function openLogSync(options: LogOptions): SynchronousLog
export function openLogSync<Entry>(
  options: LogOptions | TypedLogOptions<Entry>,
): SynchronousLog | TypedSynchronousLog<Entry> {
  checkSynchronous(options)
  const settings = settle(options, options.runtime ?? synchronousRuntime())
  const log = new SynchronousLog(settings.runtime.run(openSession(settings)) as Session)
  const { entry } = options as Partial<TypedLogOptions<Entry>>
  return entry === undefined ? log : new TypedSynchronousLog(log, entry)
}

/** @throws VarveError `STORAGE_IS_ASYNC`, `INVALID_ARGUMENT` for what a synchronous face cannot stand on. */
export function checkSynchronous({ storage, runtime }: Pick<LogOptions, 'storage' | 'runtime'>): void {
  if (!storage.capabilities.synchronous) {
    throw new VarveError(
      'STORAGE_IS_ASYNC',
      'a synchronous log needs a storage whose methods return values; open it in synchronous mode, or use openLog',
    )
  }
  if (runtime === undefined || runtime.kind === 'synchronous') return
  const message = `a synchronous log needs a synchronous runtime, not one that is ${runtime.kind}`
  throw new VarveError('INVALID_ARGUMENT', message)
}
