import type { Plot } from '../plots.ts'
import { amount, shortBytes, shortNumber } from './figures.ts'
import { isDistribution, type Line } from './lines.ts'

/** How an axis is drawn: where a value stands, and what is written beside which places. */
export interface Axis {
  readonly min: number
  readonly max: number
  readonly at: (value: number) => number
  readonly ticks: readonly number[]
  /** By the place of the tick. */
  readonly label: (place: number) => string
}

/** Shares that are named below a distribution, on a wide picture and on a narrow one. */
const shares = { wide: [0, 1, 10, 25, 50, 75, 90, 99, 99.9, 100], narrow: [0, 10, 50, 90, 99, 99.9, 100] }

export function xAxisOf(plot: Plot, lines: readonly Line[], isWide: boolean): Axis {
  if (isDistribution(plot)) return shareAxis(shares[isWide ? 'wide' : 'narrow'])
  const values = [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b)
  const at = plot.xLog ? Math.log10 : (value: number): number => value
  const places = values.map(at)
  const [first = 0, last = 1] = [places[0], places.at(-1)]
  const margin = (last - first || 1) * 0.03
  const write = /\bbytes\b/i.test(plot.xLabel) ? shortBytes : amount
  const step = Math.ceil(values.length / (isWide ? 12 : 6))
  const shown = values.filter((_, index) => index % step === 0)
  return axis(first - margin, last + margin, at, shown, write)
}

export function yAxisOf({ yLog }: Plot, lines: readonly Line[], isWide: boolean): Axis {
  const values = lines.flatMap(({ points }) => points.flatMap(({ y, p99 = y }) => (yLog && p99 <= 0 ? [y] : [y, p99])))
  const [least, most] = [Math.min(...values), Math.max(...values)]
  if (!yLog) return linearAxis(Math.max(most, 1e-9))
  const [low, high] = [Math.log10(least), Math.log10(most)]
  const margin = Math.max((high - low) * 0.05, 0.05)
  const [min, max] = [low - margin, high + margin]
  const steps = max - min > (isWide ? 2.5 : 2) ? [1] : max - min > 1 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 7]
  const ticks: number[] = []
  for (let power = Math.floor(min); power <= max; power += 1) {
    for (const step of steps) ticks.push(step * 10 ** power)
  }
  const inside = ticks.filter((tick) => Math.log10(tick) >= min && Math.log10(tick) <= max)
  return axis(min, max, Math.log10, inside, shortNumber)
}

function linearAxis(most: number): Axis {
  const rough = (most * 1.05) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10) * power
  const count = Math.ceil((most * 1.05) / step)
  const ticks = Array.from({ length: count + 1 }, (_, index) => index * step)
  return axis(0, count * step, (value) => value, ticks, shortNumber)
}

/** Both ends of a distribution get room: the odds of a share decide where it stands. */
function shareAxis(shown: readonly number[]): Axis {
  const at = (percent: number): number => {
    const share = Math.min(Math.max(percent / 100, 0.0025), 0.9998)
    return Math.log(share / (1 - share))
  }
  const write = (percent: number): string => (percent === 0 ? 'min' : percent === 100 ? 'max' : `${percent} %`)
  return axis(at(0) - 0.3, at(100) + 0.3, at, shown, write)
}

function axis(
  min: number,
  max: number,
  at: (value: number) => number,
  shown: readonly number[],
  write: (value: number) => string,
): Axis {
  const labels = new Map(shown.map((value) => [at(value), write(value)]))
  return { min, max, at, ticks: [...labels.keys()], label: (place) => labels.get(place) ?? '' }
}
