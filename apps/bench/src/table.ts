import type { Row } from './row.ts'

const headings = ['', 'median', 'p99', 'ratio', 'spread', 'budget', ''] as const

/** The rows as text, one table for each group. */
export function table(rows: readonly Row[]): string {
  const groups = [...new Set(rows.map(({ group }) => group))]
  const cells = rows.map(cellsOf)
  const widths = headings.map((heading, at) => Math.max(heading.length, ...cells.map((row) => row[at]?.length ?? 0)))
  const pad = (cell: string, at: number): string => {
    const width = widths[at] ?? 0
    return at === 0 ? cell.padEnd(width) : cell.padStart(width)
  }
  const line = (row: readonly string[]): string => row.map(pad).join('  ').trimEnd()
  const parts = groups.map((group) => {
    const own = rows.flatMap((row, at) => (row.group === group ? [`  ${line(cells[at] ?? [])}`] : []))
    return [group, `  ${line(headings)}`, ...own].join('\n')
  })
  return `${parts.join('\n\n')}\n`
}

function cellsOf({ name, unit, value, ratio, budget, met }: Row): readonly string[] {
  const sign = budget?.bound === 'at most' ? '<=' : '>='
  return [
    name,
    `${amount(value.median)} ${unit}`,
    amount(value.p99),
    ratio === undefined ? '' : ratio.median.toFixed(2),
    ratio === undefined ? '' : `${ratio.spread[0].toFixed(2)}-${ratio.spread[1].toFixed(2)}`,
    budget === undefined ? '' : `${budget.of} ${sign} ${amount(budget.limit)}`,
    met === undefined ? '' : met ? 'met' : 'MISSED',
  ]
}

/** Three digits that matter. */
function amount(value: number): string {
  if (Math.abs(value) >= 1e6) return `${(value / 1e6).toPrecision(3)} M`
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US')
  return Number(value.toPrecision(3)).toString()
}
