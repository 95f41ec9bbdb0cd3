import { count } from '../../output/units.ts'
import { html, type Markup } from '../markup.ts'
import { round } from './scale.ts'

/** One row of a histogram. */
export interface HistogramRow {
  readonly label: string
  readonly value: number
}

const rowHeight = 22
const labelWidth = 150
const barWidth = 330
const valueWidth = 120

/** Horizontal bars with their values, in the order given. */
export function histogram(rows: readonly HistogramRow[], title: string): Markup {
  const most = Math.max(1, ...rows.map(({ value }) => value))
  const total = Math.max(1, rows.reduce((sum, { value }) => sum + value, 0))
  const width = labelWidth + barWidth + valueWidth
  const height = rows.length * rowHeight
  const box = `0 0 ${width} ${height}`
  return html`<svg viewBox="${box}" role="img" aria-label="${title}">${rows.map(({ label, value }, at) => {
    const y = at * rowHeight
    // What is there must be seen, however little it is.
    const length = value === 0 ? 0 : Math.max(2, round((value / most) * barWidth))
    const text = `${count(value)} (${percent(value / total)})`
    return html`
      <text class="label" x="${labelWidth - 10}" y="${y + 15}" text-anchor="end">${label}</text>
      <rect class="track" x="${labelWidth}" y="${y + 4}" width="${barWidth}" height="${rowHeight - 8}" rx="2"/>
      <rect class="fill" x="${labelWidth}" y="${y + 4}" width="${length}" height="${rowHeight - 8}" rx="2"/>
      <text class="value" x="${labelWidth + barWidth + 8}" y="${y + 15}">${text}</text>`
  })}</svg>`
}

function percent(part: number): string {
  const value = part * 100
  if (value > 0 && value < 0.1) return '< 0.1 %'
  return `${value.toFixed(value < 10 && value > 0 ? 1 : 0)} %`
}
