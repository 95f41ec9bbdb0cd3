import { CustomChart, LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent } from 'echarts/components'
import { init, use, type EChartsCoreOption } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { Plot } from '../plots.ts'
import { xAxisOf, yAxisOf, type Axis } from './axes.ts'
import type { Line, LinePoint } from './lines.ts'
import type { Colour, Style } from './styles.ts'
import { placeholder, tidySvg } from './svg.ts'

use([CustomChart, LineChart, GridComponent, LegendComponent, SVGRenderer])

/** Widths of pictures, in pixels: beside text, and on a phone. */
export type Format = 'wide' | 'narrow'

const layouts = {
  wide: { width: 760, plot: 360, columns: 2, left: 60, right: 24 },
  narrow: { width: 380, plot: 260, columns: 1, left: 52, right: 14 },
} as const
const top = 34
const xLabels = 52
const legendRow = 20

/** The plot as SVG, with colours by name. There is at least one line. */
export function chartSvg(
  plot: Plot,
  lines: readonly Line[],
  styles: ReadonlyMap<string, Style>,
  format: Format,
): string {
  const { width, plot: plotHeight, columns } = layouts[format]
  const legend = Math.ceil(lines.length / columns) * legendRow
  const height = top + plotHeight + xLabels + legend
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  chart.setOption(optionOf(plot, lines, styles, format, legend))
  const svg = chart.renderToSVGString()
  chart.dispose()
  return tidySvg(svg, plot.title)
}

function optionOf(
  plot: Plot,
  lines: readonly Line[],
  styles: ReadonlyMap<string, Style>,
  format: Format,
  legend: number,
): EChartsCoreOption {
  const { width, columns, left, right } = layouts[format]
  const x = xAxisOf(plot, lines, format === 'wide')
  const y = yAxisOf(plot, lines, format === 'wide')
  const textStyle = { color: placeholder('quiet'), fontSize: 12 }
  const textWidth = Math.floor((width - 16) / columns) - 46
  return {
    animation: false,
    textStyle: { fontFamily: 'sans-serif' },
    grid: { left, right, top, bottom: xLabels + legend },
    legend: {
      data: lines.map(({ name }) => name),
      left: 6,
      bottom: 0,
      itemWidth: 26,
      itemHeight: 8,
      itemGap: 6,
      textStyle: { color: placeholder('text'), fontSize: 12, lineHeight: 14, width: textWidth, overflow: 'truncate' },
    },
    xAxis: {
      ...axisOf(x, textStyle),
      name: plot.xLabel,
      nameLocation: 'middle',
      nameGap: 30,
      nameTextStyle: textStyle,
    },
    yAxis: {
      ...axisOf(y, textStyle),
      name: plot.yLabel,
      nameLocation: 'end',
      nameGap: 12,
      nameTextStyle: { ...textStyle, align: 'left', padding: [0, 0, 0, 8 - left] },
    },
    series: lines.flatMap((line, at) => seriesOf(line, styles.get(line.name), x, y, 3 * at)),
  }
}

function axisOf({ min, max, ticks, label }: Axis, textStyle: object): object {
  const stroke = (colour: Colour): object => ({ color: placeholder(colour), width: 1 })
  return {
    type: 'value',
    min,
    max,
    axisLine: { show: true, onZero: false, lineStyle: stroke('quiet') },
    axisTick: { show: true, customValues: ticks, lineStyle: stroke('quiet') },
    axisLabel: { ...textStyle, customValues: ticks, formatter: label, hideOverlap: true },
    splitLine: { show: true, customValues: ticks, lineStyle: stroke('grid') },
  }
}

function seriesOf(
  { name, points, kind }: Line,
  style: Style | undefined,
  x: Axis,
  y: Axis,
  place: number,
): readonly object[] {
  const { colour = 'v0', width, dash, symbol } = style ?? {}
  const color = placeholder(colour)
  const z = kind === 'varve' ? 4 : kind === 'peer' ? 3 : 2
  const places = points.map((point) => [x.at(point.x), y.at(point.y)])
  const line = {
    type: 'line',
    name,
    data: places,
    symbol,
    symbolSize: points.length > 10 ? 5 : 6,
    showSymbol: true,
    clip: false,
    lineStyle: { color, width, type: dash },
    itemStyle: { color },
    z,
    silent: true,
  }
  // Those of all lines would hide each other.
  return kind === 'varve' ? [line, whiskerSeries(points, color, x, y, place)] : [line]
}

/** From each median to where the slowest hundredth begins; those of several lines stand beside each other. */
function whiskerSeries(points: readonly LinePoint[], color: string, x: Axis, y: Axis, place: number): object {
  const whiskers = points.flatMap(({ x: at, y: from, p99 }) => {
    const ends = [y.at(from), y.at(p99 ?? NaN)]
    return ends.every(Number.isFinite) ? [{ at: x.at(at), ends }] : []
  })
  return {
    type: 'custom',
    clip: false,
    data: [[x.min, y.min]],
    z: 4,
    silent: true,
    renderItem: (_: unknown, api: { coord(place: readonly number[]): number[] }) => {
      const pathData = whiskers.map(({ at, ends }) => {
        const [from, to] = ends.map((end) => api.coord([at, end]).map((pixel) => Math.round(pixel)))
        return `M${(from?.[0] ?? 0) + place} ${from?.[1] ?? 0}V${to?.[1] ?? 0}`
      })
      const style = { stroke: color, fill: 'none', opacity: 0.7 }
      return { type: 'path', shape: { pathData: pathData.join('') }, style }
    },
  }
}
