import { html, type Markup } from '../markup.ts'
import { round, ticks } from './scale.ts'

/** One axis: what is drawn from `min` to `max`, and how numbers are told. */
export interface Axis {
  readonly title: string
  readonly min: number
  readonly max: number
  readonly tell: (value: number) => string
  /** Whether marks stand at powers of two. */
  readonly isBinary?: boolean
}

export interface PlotPoint {
  readonly x: number
  readonly y: number
}

const width = 600
const height = 240
const left = 92
const right = 16
const top = 12
const bottom = 44
/** About how many numbers an axis has. */
const marksMax = 5

/** A line through points that are in the order of `x`. */
export function linePlot(points: readonly PlotPoint[], x: Axis, y: Axis, title: string): Markup {
  const across = (value: number): number => round(left + share(value, x) * (width - left - right))
  const up = (value: number): number => round(height - bottom - share(value, y) * (height - top - bottom))
  const line = points.map((point) => `${across(point.x)},${up(point.y)}`).join(' ')
  const alone = points.slice(points.length === 1 ? 0 : points.length).map((point) => {
    return html`<circle class="dot" cx="${across(point.x)}" cy="${up(point.y)}" r="4"/>`
  })
  const floor = height - bottom
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
    ${marksOf(y).map((value) => html`
      <line class="grid" x1="${left}" y1="${up(value)}" x2="${width - right}" y2="${up(value)}"/>
      <text class="label" x="${left - 8}" y="${up(value) + 4}" text-anchor="end">${y.tell(value)}</text>`)}
    ${marksOf(x).map((value) => html`
      <line class="grid" x1="${across(value)}" y1="${top}" x2="${across(value)}" y2="${floor}"/>
      <text class="label" x="${across(value)}" y="${floor + 16}" text-anchor="middle">${x.tell(value)}</text>`)}
    <polyline class="line" points="${line}"/>
    ${alone}
    <text class="axis" x="${width - right}" y="${height - 6}" text-anchor="end">${x.title}</text>
    <text class="axis" x="${left}" y="${height - 6}">${y.title} ↑</text>
  </svg>`
}

function marksOf({ min, max, isBinary }: Axis): readonly number[] {
  return ticks(min, max, marksMax, isBinary)
}

/** From 0 to 1; in the middle where there is only one value. */
function share(value: number, { min, max }: Axis): number {
  return max === min ? 0.5 : (value - min) / (max - min)
}
