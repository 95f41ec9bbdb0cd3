import type { LogRecord } from 'varve'
import type { Context } from './command.ts'
import { exitCode, type ExitCode } from './exit-code.ts'
import { printRecord, type RecordFormat } from './format-record.ts'

/** Which records are printed, and how. */
export interface PrintOptions {
  readonly format: RecordFormat
  readonly type?: number
}

/** `--json` is short for `--format json`. */
export function formatOf({ out, options }: Pick<Context<PrintOptions>, 'out' | 'options'>): RecordFormat {
  return out.isJson ? 'json' : options.format
}

/** Prints records as they come, no faster than they are taken, until they end or the user interrupts. */
export async function printRecords(
  records: AsyncIterable<LogRecord>,
  context: Context<PrintOptions>,
  isLive = false,
): Promise<ExitCode> {
  const { out, options, system } = context
  const format = formatOf(context)
  for await (const record of records) {
    if (system.interrupt.aborted) return exitCode.interrupted
    if (options.type !== undefined && record.type !== options.type) continue
    printRecord(record, format, out)
    if (isLive || out.isFull) await out.flush()
  }
  return system.interrupt.aborted ? exitCode.interrupted : exitCode.fine
}
