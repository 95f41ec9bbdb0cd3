import { html, type Markup } from '../markup.ts'
import { round } from './scale.ts'

/** A segment that is one of many. */
export interface Cell {
  readonly state: string
  readonly verdict: 'intact' | 'torn' | 'corrupt'
  /** From 0 to 1. */
  readonly fill: number
  readonly text: string
}

const cellSize = 12
const gap = 2
const perRow = 60

/** One small square for each segment, as full as it is, in rows from the oldest to the newest. */
export function segmentCells(cells: readonly Cell[], title: string): Markup {
  const step = cellSize + gap
  const rows = Math.ceil(cells.length / perRow)
  const box = `0 0 ${perRow * step} ${rows * step}`
  return html`<svg viewBox="${box}" role="img" aria-label="${title}" class="cells">${cells.map(
    ({ state, verdict, fill, text }, at) => {
      const x = (at % perRow) * step
      const y = Math.floor(at / perRow) * step
      const full = round(Math.min(1, Math.max(0.1, fill)) * cellSize)
      return html`<g class="${state} ${verdict}"><title>${text}</title>
        <rect class="track" x="${x}" y="${y}" width="${cellSize}" height="${cellSize}"/>
        <rect class="cell" x="${x}" y="${round(y + cellSize - full)}" width="${cellSize}" height="${full}"/></g>`
    },
  )}</svg>`
}
