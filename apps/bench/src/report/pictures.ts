import type { Plot } from '../plots.ts'
import type { BenchResult } from '../result.ts'
import { chartSvg, type Format } from './chart.ts'
import { linesOf } from './lines.ts'
import { stylesOf } from './styles.ts'

export interface Picture {
  readonly plot: Plot
  /** The SVG, with colours by name. */
  readonly draw: (format: Format) => string
}

/** The plots that have anything to show. A line has the same colour in all of them. */
export function picturesOf({ plots, results }: Pick<BenchResult, 'plots' | 'results'>): readonly Picture[] {
  const drawn = plots.map((plot) => ({ plot, lines: linesOf(plot, results) })).filter(({ lines }) => lines.length > 0)
  const styles = stylesOf(drawn.map(({ lines }) => lines))
  return drawn.map(({ plot, lines }) => ({ plot, draw: (format) => chartSvg(plot, lines, styles, format) }))
}
