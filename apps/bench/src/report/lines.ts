import type { Plot } from '../plots.ts'
import type { Row } from '../row.ts'
import { kindOf, type ContenderKind } from './contenders.ts'

export interface LinePoint {
  readonly x: number
  readonly y: number
  /** Where the slowest hundredth begins; undefined where the line itself shows it. */
  readonly p99?: number
}

/** One line of a plot, its points from left to right. */
export interface Line {
  readonly name: string
  readonly kind: ContenderKind
  readonly points: readonly LinePoint[]
}

/** What `Row.quantiles` are the values at. */
const percents = [0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9, 100]

/** Whether the x axis of a plot is the share of all samples, so that a row is a line of its own. */
export function isDistribution({ id }: Pick<Plot, 'id'>): boolean {
  return id === 'latency' || id.endsWith('-latency')
}

/** The lines of a plot: those of the log first, then what else one could use, then the floors. */
export function linesOf(plot: Plot, rows: readonly Row[]): readonly Line[] {
  const own = rows.filter(({ point }) => point?.plot === plot.id)
  const names = [...new Set(own.map(({ point }) => point?.line ?? ''))]
  const lines = names.map((name): Line => {
    const points = own.filter(({ point }) => point?.line === name).flatMap(isDistribution(plot) ? distribution : single)
    return { name, kind: kindOf(name), points: points.filter((point) => isDrawable(plot, point)).sort(byX) }
  })
  const order: readonly ContenderKind[] = ['varve', 'peer', 'floor']
  return lines
    .filter(({ points }) => points.length > 0)
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
}

function single({ point, value }: Row): readonly LinePoint[] {
  return point === undefined ? [] : [{ x: point.x, y: value.median, p99: value.p99 }]
}

function distribution({ quantiles = [] }: Row): readonly LinePoint[] {
  return quantiles.flatMap((y, at) => {
    const percent = percents[at]
    return percent === undefined ? [] : [{ x: percent, y }]
  })
}

/** A logarithm of nothing is nowhere. */
function isDrawable({ xLog, yLog }: Plot, { x, y }: LinePoint): boolean {
  return Number.isFinite(x) && Number.isFinite(y) && !(xLog && x <= 0) && !(yLog && y <= 0)
}

function byX(a: LinePoint, b: LinePoint): number {
  return a.x - b.x
}
