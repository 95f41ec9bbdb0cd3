import type { HistoryEntry } from '@varve/inspect'
import type { Output } from '../output/output.ts'
import { count, range } from '../output/units.ts'

/** What earlier repairs did, oldest first. */
export function presentHistory(history: readonly HistoryEntry[], out: Output): void {
  out.lines(history.flatMap((entry) => entryLines(entry, out.style.dim)))
}

function entryLines({ file, record, isDone }: HistoryEntry, dim: (text: string) => string): string[] {
  if (record === undefined) return [`${file}: cannot be read`]
  const { choice, epoch, lost, quarantined, note, findings } = record
  const losses = lost.map(({ firstSequence, lastSequence }) => range(firstSequence, lastSequence)).join(', ')
  return [
    `${choice}${isDone ? '' : ', not finished'}`,
    `  ${dim('epoch')} ${count(epoch)}  ${dim('written down in')} ${file}`,
    `  ${dim('because of')} ${findings.map(({ code, file: damaged }) => `${code} ${damaged}`).join(', ')}`,
    `  ${dim('lost')} ${losses === '' ? 'nothing' : `records ${losses}`}`,
    ...quarantined.map(({ name, copy }) => `  ${dim('copied')} ${name} ${dim('to')} ${copy}`),
    ...(note === undefined ? [] : [`  ${dim('note')} ${note}`]),
  ]
}
