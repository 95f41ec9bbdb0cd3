import { recoveryTable, type RecoveryReport } from 'varve'
import * as format from './format.ts'
import type { Audit } from './ledger.ts'

/** What opening found, sentence by sentence. */
export function reportWords(report: RecoveryReport): readonly string[] {
  if (report.created) return ['There was no log in this directory: a new one was begun.']
  const { segments, firstSequence, lastSequence, carriedRecords, discarded, removedSegments, notes } = report
  const kept = lastSequence < firstSequence ? 'no records' : `records ${format.range(firstSequence, lastSequence)}`
  return [
    report.cleanShutdown
      ? 'The writer before said goodbye: nothing had to be repaired.'
      : 'The writer before did not say goodbye: the end of the log had to be judged.',
    `${format.plural(segments, 'segment')} with ${kept}.`,
    ...rowWords(report.row),
    carriedRecords === 0
      ? 'No record had to be carried: all were known to be durable.'
      : `${format.plural(carriedRecords, 'record')} had no proof of being durable: carried, which means ` +
        'written again before anyone could read them.',
    discarded === undefined
      ? 'No tail was discarded.'
      : `A torn tail was discarded: ${format.bytes(discarded.bytes)} behind byte ${format.count(discarded.position)} ` +
        `of ${discarded.file}. ${sentence(discarded.evidence)}`,
    ...(removedSegments.length === 0
      ? []
      : [`${format.plural(removedSegments.length, 'segment')} below the floor went, as had been decided before.`]),
    ...notes.map((note) => `Note: ${sentence(note)}`),
  ]
}

function rowWords(id: string | undefined): readonly string[] {
  const row = recoveryTable.find((one) => one.id === id)
  return row === undefined ? [] : [`Row ${row.id} of the recovery table, “${row.verdict}”: ${row.evidence}.`]
}

/** What came back, in one sentence or two. */
export function auditWords({ acknowledged, found, lost, unacknowledged }: Audit): string {
  const extra =
    unacknowledged === 0
      ? ''
      : ` ${format.plural(unacknowledged, 'record')} more had been in flight, and made it before the worker died.`
  const result =
    lost.length === 0
      ? `${format.count(found)} of ${format.plural(acknowledged, 'acknowledged record')} read back: nothing is missing.`
      : `${format.count(lost.length)} of ${format.plural(acknowledged, 'acknowledged record')} are missing.`
  return result + extra
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}
