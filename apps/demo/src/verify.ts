import { openLog, type LogRecord, type LogStorage, type Segment } from 'varve'
import { Violation, type Ledger } from './ledger.ts'
import type { SourceFile } from './source-file.ts'

/** What is in the log. */
export interface Verified {
  readonly records: number
  readonly payloadBytes: number
  readonly segments: number
  /** Bytes of the segments up to the end of their frames. */
  readonly frameBytes: number
}

/**
 * Opens the log with every byte verified, and compares each record with the line that it must be and with the child
 * that must have written it. A line that was acknowledged, lost and written again by a later child does not pass.
 */
export async function verify(
  where: { readonly directory: string } | { readonly storage: LogStorage },
  source: SourceFile,
  ledger: Ledger,
): Promise<Verified> {
  const log = await openLog({ ...where, verify: 'all' })
  const { segments } = log
  try {
    let expected = 1
    let payloadBytes = 0
    await log.replay((record) => {
      compare(record, expected, source, ledger, segments)
      expected += 1
      payloadBytes += record.payloadBytes
    })
    const records = expected - 1
    const { lastAcknowledged, closedAt } = ledger
    if (records < lastAcknowledged) {
      throw new Violation(`record ${expected} is missing: records up to ${lastAcknowledged} were acknowledged`)
    }
    if (closedAt !== undefined && records !== closedAt) {
      throw new Violation(`the log has ${records} records where it was closed behind record ${closedAt}`)
    }
    const frameBytes = segments.reduce((sum, { end }) => sum + end, 0)
    return { records, payloadBytes, segments: segments.length, frameBytes }
  } finally {
    await log.close()
  }
}

function compare(
  record: LogRecord,
  expected: number,
  source: SourceFile,
  ledger: Ledger,
  segments: readonly Segment[],
): void {
  const { lines } = source
  const line = (expected - 1) % lines.length
  const problem = difference(record, expected, lines[line]!, ledger.writerOf(expected))
  if (problem === undefined) return
  const segment = segments.find(({ lastSequence }) => lastSequence >= expected)
  throw new Violation(`record ${expected} (line ${line + 1}, in ${segment?.name ?? 'no segment'}): ${problem}`)
}

function difference(
  record: LogRecord,
  expected: number,
  line: Uint8Array<ArrayBuffer>,
  writer: number,
): string | undefined {
  const { sequence, timestamp, type, payload } = record
  if (sequence !== expected) return `its number is ${sequence}`
  if (timestamp !== expected) return `it was written to be record ${timestamp}`
  if (type !== writer) return `child ${type} wrote it, not child ${writer}: it was lost and written again`
  if (Buffer.compare(payload, line) !== 0) return `its ${payload.length} bytes are not those of the line`
  return undefined
}
