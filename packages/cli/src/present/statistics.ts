import type { Statistics } from '../collect-statistics.ts'
import { bar } from '../output/bar.ts'
import type { Output } from '../output/output.ts'
import { pairs, table, type Column } from '../output/table.ts'
import { count, counted, range, size } from '../output/units.ts'

interface LogStatistics extends Statistics {
  readonly segments: number
  /** Bytes of segments up to where their frames end, headers included. */
  readonly frameBytes: number
}

const typesMax = 20
const cellsMax = 40
/** Beside the bars of a table. */
const textColumns = 36

export function presentStatistics(statistics: LogStatistics, out: Output): void {
  const { style, columns } = out
  const { records, payloadBytes, frameBytes, smallestBytes, largestBytes, sizes, types } = statistics
  const mean = records === 0 ? 0 : Math.round(payloadBytes / records)
  const share = frameBytes === 0 ? 0 : Math.round((payloadBytes / frameBytes) * 100)
  const segments = counted(statistics.segments, 'segment')
  const facts: (readonly [string, string])[] = [
    ['records', `${count(records)} (${range(statistics.firstSequence, statistics.lastSequence)})`],
    ['payload', `${size(payloadBytes)}, ${share} % of ${size(frameBytes)} in ${segments}`],
    ['sizes', `smallest ${size(smallestBytes)}, mean ${size(mean)}, largest ${size(largestBytes)}`],
    ['timestamps', `${statistics.firstTimestamp} to ${statistics.lastTimestamp}`],
  ]
  out.lines(pairs(facts, style.dim, columns))
  if (records === 0) return
  const cells = Math.min(cellsMax, columns - textColumns)
  const drawn = (part: number): string => style.accent(bar(part / records, cells))
  const sizeRows = sizes.map((each) => [sizeClass(each.fromBytes), count(each.records), drawn(each.records)])
  section('payload sizes', [right('bytes'), right('records'), { title: 'share' }], sizeRows, out)
  const typeRows = types
    .slice(0, typesMax)
    .map((each) => [String(each.type), count(each.records), size(each.bytes), drawn(each.records)])
  section('types', [right('type'), right('records'), right('bytes'), { title: 'share' }], typeRows, out)
  if (types.length > typesMax) out.line(style.dim(`and ${count(types.length - typesMax)} more types`))
}

function section(title: string, columns: readonly Column[], rows: string[][], out: Output): void {
  out.line()
  out.line(out.style.bold(title))
  out.lines(table(columns, rows, out.style.dim))
}

function sizeClass(fromBytes: number): string {
  // Classes are half open: each ends where the next one begins.
  return fromBytes < 2 ? String(fromBytes) : `from ${size(fromBytes)}`
}

function right(title: string): Column {
  return { title, align: 'right' }
}
