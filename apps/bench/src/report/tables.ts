import type { Budget, Row } from '../row.ts'
import { amount } from './figures.ts'

/** A table as text, for any kind of page. */
export interface Table {
  readonly heads: readonly string[]
  /** Which columns hold figures, and stand right. */
  readonly isFigure: readonly boolean[]
  readonly rows: readonly TableRow[]
  /** The column that says whether it was met. */
  readonly verdictAt?: number
}

export interface TableRow {
  readonly cells: readonly string[]
  /** Undefined where nothing was aimed at. */
  readonly met: boolean | undefined
}

/** Everything that something was aimed at, what was missed first. */
export function budgetTable(rows: readonly Row[]): Table {
  const budgeted = rows.filter(({ met }) => met !== undefined)
  const inOrder = [...budgeted.filter(({ met }) => met === false), ...budgeted.filter(({ met }) => met === true)]
  return {
    heads: ['', 'what', 'budget', 'ratio', 'spread', 'measured', 'compared with'],
    isFigure: [false, false, true, true, true, true, false],
    verdictAt: 0,
    rows: inOrder.map((row) => ({
      cells: [
        row.met === true ? 'met' : 'missed',
        `${row.group}: ${row.name}`,
        limitText(row),
        ratioText(row),
        spreadText(row),
        valueText(row),
        row.base ?? '',
      ],
      met: row.met,
    })),
  }
}

export interface Group {
  readonly title: string
  readonly table: Table
}

/** A table for each group, in the order in which they were measured. */
export function groupTables(rows: readonly Row[]): readonly Group[] {
  const titles = [...new Set(rows.map(({ group }) => group))]
  return titles.map((title) => {
    const own = rows.filter(({ group }) => group === title)
    return {
      title,
      table: {
        heads: ['', 'median', 'p99', 'ratio', 'spread', 'budget', 'compared with'],
        isFigure: [false, true, true, true, true, true, false],
        verdictAt: 5,
        rows: own.map((row) => ({
          cells: [
            row.name,
            valueText(row),
            amount(row.value.p99),
            ratioText(row),
            spreadText(row),
            limitText(row),
            row.base ?? '',
          ],
          met: row.met,
        })),
      },
    }
  })
}

/** How many budgets were met, of how many. */
export function verdictOf(rows: readonly Row[]): { readonly met: number; readonly of: number } {
  const budgeted = rows.filter(({ met }) => met !== undefined)
  return { met: budgeted.filter(({ met }) => met === true).length, of: budgeted.length }
}

function valueText({ value, unit }: Row): string {
  return `${amount(value.median)} ${unit}`
}

function ratioText({ ratio }: Row): string {
  return ratio === undefined ? '' : ratio.median.toFixed(2)
}

function spreadText({ ratio }: Row): string {
  return ratio === undefined ? '' : `${ratio.spread[0].toFixed(2)}–${ratio.spread[1].toFixed(2)}`
}

function limitText({ budget, unit }: Row): string {
  if (budget === undefined) return ''
  const sign: Readonly<Record<Budget['bound'], string>> = { 'at most': '≤', 'at least': '≥' }
  return `${sign[budget.bound]} ${amount(budget.limit)}${budget.of === 'ratio' ? ' ×' : ` ${unit}`}`
}
