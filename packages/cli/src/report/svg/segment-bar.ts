import { html, type Markup } from '../markup.ts'
import { round } from './scale.ts'

/** A place in a segment that something is to be said of. */
export interface Mark {
  readonly kind: 'floor' | 'checkpoint' | 'damage' | 'torn'
  /** Offset in bytes. */
  readonly position: number
  /** Length of the stretch; 0 for a place. */
  readonly bytes: number
  readonly text: string
}

/** What is drawn of a segment. Offsets and sizes in bytes. */
export interface BarOptions {
  readonly capacity: number
  readonly blockBytes: number
  /** Where its frames end; undefined where that is not known. */
  readonly end: number | undefined
  /** Frames that begin in each equal part of the capacity. */
  readonly frames: readonly number[]
  readonly state: string
  readonly marks: readonly Mark[]
}

const width = 720
const height = 40
const barTop = 12
const barHeight = 18

/** A segment from its first byte to its last: header, frames as dense as they are, what is free, and marks. */
export function segmentBar({ capacity, blockBytes, end, frames, state, marks }: BarOptions, title: string): Markup {
  const at = (position: number): number => round((Math.min(position, capacity) / capacity) * width)
  const most = Math.max(1, ...frames)
  const part = width / Math.max(1, frames.length)
  const used = at(end ?? capacity)
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}" class="bar ${state}">
    <rect class="track" x="0" y="${barTop}" width="${width}" height="${barHeight}" rx="3"/>
    <rect class="used" x="0" y="${barTop}" width="${used}" height="${barHeight}"/>
    ${frames.map((value, index) => {
      if (value === 0) return undefined
      const x = round(index * part)
      const opacity = round(0.25 + 0.75 * (value / most))
      const reach = Math.min(round(part), Math.max(1, round(used - x)))
      return html`<rect class="frames" x="${x}" y="${barTop}" width="${reach}" height="${barHeight}"
        opacity="${opacity}"/>`
    })}
    <rect class="header" x="0" y="${barTop}" width="${Math.max(2, at(blockBytes))}" height="${barHeight}"/>
    ${end === undefined ? undefined : html`<line class="end" x1="${used}" y1="${barTop}" x2="${used}"
      y2="${barTop + barHeight}"/>`}
    ${marks.map((mark) => markOf(mark, at))}
  </svg>`
}

function markOf({ kind, position, bytes, text }: Mark, at: (position: number) => number): Markup {
  const x = Math.min(width - 2, at(position))
  const reach = Math.max(3, round(at(position + bytes) - x))
  const tip = html`<title>${text}</title>`
  if (kind === 'damage' || kind === 'torn') {
    return html`<g class="${kind}">${tip}<rect x="${x}" y="${barTop - 4}" width="${reach}" height="${barHeight + 8}"/>
      <path d="M${x - 5} 0h10l-5 8z"/></g>`
  }
  if (kind === 'floor') {
    return html`<g class="floor">${tip}<line x1="${x}" y1="2" x2="${x}" y2="${height - 2}"/>
      <path d="M${x} 2h9l-3 4l3 4h-9z"/></g>`
  }
  return html`<g class="checkpoint">${tip}<line x1="${x}" y1="${barTop}" x2="${x}" y2="${height - 6}"/>
    <circle cx="${Math.max(4, x)}" cy="${height - 5}" r="4"/></g>`
}
