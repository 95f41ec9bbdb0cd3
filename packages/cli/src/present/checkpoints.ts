import type { LogInspection } from '@varve/inspect'
import type { Output } from '../output/output.ts'
import { table, type Column } from '../output/table.ts'
import { count, size } from '../output/units.ts'

const columns: readonly Column[] = [
  { title: 'after record', align: 'right' },
  { title: 'state' },
  { title: 'bytes', align: 'right' },
  { title: 'file' },
]

export function presentCheckpoints(checkpoints: LogInspection['checkpoints'], out: Output): void {
  const { style } = out
  const rows = checkpoints.map(({ name, sequence, size: bytes, isListed }) => {
    const state = bytes === undefined ? style.bad('missing') : isListed ? 'kept' : style.warning('not kept')
    return [count(sequence), state, bytes === undefined ? '' : size(bytes), name]
  })
  out.lines(table(columns, rows, style.dim))
}
