import { exitCode, type ExitCode } from '../exit-code.ts'
import type { Output } from '../output/output.ts'
import { pairs, wrap } from '../output/table.ts'
import { count, counted, range, size } from '../output/units.ts'
import type { ImportOutcome } from './into-log.ts'
import type { Stop, StopVerdict } from './source.ts'

/** What is printed about an import. */
export interface ImportReport extends ImportOutcome {
  readonly file: string
  readonly directory: string
  readonly isDryRun: boolean
  readonly durationMs: number
}

const codes: Readonly<Record<StopVerdict, ExitCode>> = {
  torn: exitCode.notice,
  corrupt: exitCode.corrupt,
  refused: exitCode.usage,
}

/** Says what was imported, and where and why the file was left. */
export function presentImport(report: ImportReport, out: Output): ExitCode {
  const { stop, isInterrupted } = report
  if (out.isJson) out.document(report)
  else {
    out.lines(pairs(factsOf(report), out.style.dim, out.columns))
    if (stop !== undefined) out.lines(stopLines(stop, out))
    if (isInterrupted) out.lines(wrap('Interrupted. What was imported is durable; --resume goes on.', out.columns))
  }
  if (stop !== undefined) return codes[stop.verdict]
  return isInterrupted ? exitCode.interrupted : exitCode.fine
}

function factsOf(report: ImportReport): (readonly [string, string])[] {
  const { file, directory, isDryRun, records, skipped, imported, payloadBytes, durationMs } = report
  const seconds = Math.max(durationMs, 1) / 1000
  const rate = `${count(Math.round((imported === 0 ? records : imported) / seconds))}/s`
  return [
    ['file', file],
    ...(isDryRun
      ? [['checked', `${counted(records, 'record')}, ${size(payloadBytes)}, ${rate}; nothing was changed`] as const]
      : [
          ['log', directory] as const,
          ['imported', `${counted(imported, 'record')}, ${size(payloadBytes)}, ${rate}`] as const,
          ['sequence', imported === 0 ? 'none' : range(report.firstSequence, report.lastSequence)] as const,
        ]),
    ...(skipped === 0 ? [] : [['skipped', `${counted(skipped, 'record')}, which the log had already`] as const]),
  ]
}

const words: Readonly<Record<StopVerdict, string>> = {
  torn: 'Its last record is torn',
  corrupt: 'Corrupt',
  refused: 'Stopped',
}

const advice: Readonly<Record<StopVerdict, string>> = {
  torn: 'What is before it is whole. A writer that was cut off leaves this.',
  corrupt: 'Nothing from there on was imported: where the next record begins cannot be known.',
  refused: 'Nothing from there on was imported.',
}

function stopLines({ verdict, record, offset, bytes, evidence }: Stop, out: Output): string[] {
  const { style, columns } = out
  const paint = verdict === 'corrupt' ? style.bad : style.warning
  const rest = bytes === undefined ? '' : `, ${counted(bytes, 'byte')} before the end`
  return [
    '',
    ...wrap(`${paint(`${words[verdict]}:`)} record ${count(record)} at offset ${count(offset)}${rest}`, columns),
    ...wrap(evidence, columns, '  '),
    ...wrap(advice[verdict], columns, '  '),
  ]
}
