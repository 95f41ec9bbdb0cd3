import { asynchronousRuntime } from '@varve/storage'
import { Log } from './log.ts'
import { settle, type LogOptions, type TypedLogOptions } from './options.ts'
import { openSession } from './session.ts'
import { TypedLog } from './typed-log.ts'

/**
 * Opens the log in `options.storage`, or begins one. Recovery runs first; `log.recovery` says what it found. With
 * `entry`, the log is typed: it takes and gives what that codec does.
 *
 * @throws VarveError (as a rejection) `LOCKED`, `CORRUPT`, `TORN_TAIL`, `FOREIGN_FILE`,
 * `UNSUPPORTED_FORMAT`, `INVALID_ARGUMENT`, `IO`, `NO_SPACE`. Nothing is left locked.
 */
export function openLog<Entry>(options: TypedLogOptions<Entry>): Promise<TypedLog<Entry>>
export function openLog(options: LogOptions): Promise<Log>
export async function openLog<Entry>(options: LogOptions | TypedLogOptions<Entry>): Promise<Log | TypedLog<Entry>> {
  const settings = settle(options, options.runtime ?? asynchronousRuntime())
  const session = await settings.runtime.run(openSession(settings))
  const log = new Log(session)
  const { entry } = options as Partial<TypedLogOptions<Entry>>
  return entry === undefined ? log : new TypedLog(log, entry)
}
