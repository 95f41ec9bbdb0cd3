import type { Budget, Row } from './row.ts'

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

/** How many budgets were met, and which were not. */
export function budgetText(rows: readonly Row[]): string {
  const budgeted = rows.filter(({ budget }) => budget !== undefined)
  if (budgeted.length === 0) return ''
  const missed = budgeted.filter(({ met }) => met === false)
  const lines = missed.map(({ group, name, unit, value, ratio, budget }) => {
    const actual = budget?.of === 'ratio' ? `ratio ${ratio?.median.toFixed(2)}` : `${amount(value.median)} ${unit}`
    return `  missed: ${group}: ${name}: ${actual}, ${limitOf(budget)}`
  })
  return [`${budgeted.length - missed.length} of ${budgeted.length} budgets met`, ...lines, ''].join('\n')
}

function limitOf(budget: Budget | undefined): string {
  if (budget === undefined) return ''
  return `${budget.of} ${budget.bound === 'at most' ? '<=' : '>='} ${amount(budget.limit)}`
}

function cellsOf({ name, unit, value, ratio, budget, met }: Row): readonly string[] {
  return [
    name,
    `${amount(value.median)} ${unit}`,
    amount(value.p99),
    ratio === undefined ? '' : ratio.median.toFixed(2),
    ratio === undefined ? '' : `${ratio.spread[0].toFixed(2)}-${ratio.spread[1].toFixed(2)}`,
    limitOf(budget),
    met === undefined ? '' : met ? 'met' : 'MISSED',
  ]
}

/** Three digits that matter. */
function amount(value: number): string {
  if (Math.abs(value) >= 1e6) return `${(value / 1e6).toPrecision(3)} M`
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US')
  return Number(value.toPrecision(3)).toString()
}
