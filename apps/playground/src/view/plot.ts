import { curvesOf, type Series } from '../logic/curves.ts'
import * as format from '../logic/format.ts'
import { drawn } from './dom.ts'

const height = 320
/** Below this width the names of the curves stand under each other. */
const narrowWidth = 560
const shares: readonly (readonly [number, string])[] = [
  [0, ''],
  [0.5, 'p50'],
  [0.9, 'p90'],
  [0.99, 'p99'],
  [0.999, 'p99.9'],
]

/** Draws the quantiles of each series, as wide as there is room for: text keeps its size. */
export function plot(svg: SVGSVGElement, series: readonly Series[]): void {
  const width = Math.max(280, svg.parentElement?.clientWidth ?? 0)
  const isNarrow = width < narrowWidth
  const box = { left: 58, right: width - 14, top: isNarrow ? 76 : 36, bottom: height - 38 }
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
  const { paths, scale, x } = curvesOf(series, box)
  const parts: SVGElement[] = []
  for (const tick of scale.ticks) {
    const y = scale.at(tick)
    parts.push(
      drawn('line', { x1: box.left, x2: box.right, y1: y, y2: y, class: 'grid' }),
      drawn('text', { x: box.left - 8, y: y + 4, 'text-anchor': 'end' }, format.duration(tick)),
    )
  }
  for (const [share, name] of shares) {
    const at = x(share)
    const anchor = share > 0.99 ? 'end' : 'middle'
    parts.push(
      drawn('line', { x1: at, x2: at, y1: box.top, y2: box.bottom, class: 'grid' }),
      drawn('text', { x: at, y: box.bottom + 20, 'text-anchor': anchor }, name),
    )
  }
  series.forEach(({ name }, at) => {
    const left = isNarrow ? box.left : box.left + at * 184
    const y = isNarrow ? 12 + at * 20 : 14
    parts.push(
      drawn('path', { d: paths[at] ?? '', class: `curve curve-${at}` }),
      drawn('line', { x1: left, x2: left + 28, y1: y, y2: y, class: `curve curve-${at}` }),
      drawn('text', { x: left + 35, y: y + 4, class: 'name' }, name),
    )
  })
  svg.replaceChildren(...parts)
}
