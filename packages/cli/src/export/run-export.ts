import { VarveError, type Log, type ReadRange } from 'varve'
import { mustBeWhole } from '../must-be-whole.ts'
import { encoders, type ExportFormat } from './encode.ts'
import type { Write } from './target.ts'

export interface ExportOptions {
  readonly format: ExportFormat
  readonly range: ReadRange
  readonly signal: AbortSignal
  readonly onProgress: (payloadBytes: number) => void
}

/** What was written. */
export interface ExportOutcome {
  readonly records: number
  readonly payloadBytes: number
  readonly firstSequence: number | undefined
  readonly lastSequence: number | undefined
  /** Records whose type or timestamp the format has no place for. */
  readonly stripped: number
}

/** Records between two looks at the progress and the signal. */
const recordsAtOnce = 1024

/**
 * Writes the records of a range, in order.
 *
 * @throws VarveError (as a rejection) `ABORTED` when the signal is; `CORRUPT` when there is damage before the end of
 * the range.
 */
export async function exportRecords(log: Log, write: Write, options: ExportOptions): Promise<ExportOutcome> {
  const { format, range, signal, onProgress } = options
  const encode = encoders[format]
  let [records, payloadBytes, stripped] = [0, 0, 0]
  let firstSequence: number | undefined
  let lastSequence: number | undefined
  for await (const record of log.read(range)) {
    for (const piece of encode(record)) await write(piece)
    records += 1
    payloadBytes += record.payload.length
    firstSequence ??= record.sequence
    lastSequence = record.sequence
    if (format !== 'ndjson' && (record.type !== 0 || record.timestamp !== 0)) stripped += 1
    if (records % recordsAtOnce !== 0) continue
    onProgress(payloadBytes)
    if (signal.aborted) throw new VarveError('ABORTED', `interrupted after ${records} records`, { records })
  }
  mustBeWhole(log, range.to)
  return { records, payloadBytes, firstSequence, lastSequence, stripped }
}
