import { count, counted, size } from '../../output/units.ts'
import type { LogReport } from '../collect.ts'
import type { Point, SizeClass } from '../contents.ts'
import { html, type Markup } from '../markup.ts'
import { histogram } from '../svg/histogram.ts'
import { linePlot, type Axis } from '../svg/line-plot.ts'

/** What the records are like. */
export function contentsSection({ contents }: LogReport): Markup {
  const { records, sizes, types, otherTypes, points, hasTimestamps, unread } = contents
  const note = unread.length === 0 ? undefined : html`<p class="unread">Of ${counted(unread.length, 'segment')} not
    everything could be read; what could not is missing here.</p>`
  if (records === 0) return html`<section><h2>Records</h2>${note}<p>None that can be read.</p></section>`
  const sizeRows = sizes.map((each) => ({ label: labelOf(each), value: each.records }))
  const typeRows = types.map(({ type, records: value }) => ({ label: `type ${type}`, value }))
  const others = { label: `${count(otherTypes.types)} others`, value: otherTypes.records }
  const last = points.at(-1)
  const first = points.at(0)
  const sequences = { title: 'sequence', min: first?.sequence ?? 0, max: last?.sequence ?? 0, tell: shortNumber }
  const bytes = { title: 'bytes of frames', min: 0, max: last?.bytes ?? 0, tell: size, isBinary: true }
  const growth = points.map((point) => ({ x: point.bytes, y: point.sequence }))
  return html`<section><h2>Records</h2>${note}<div class="charts">
    <figure><figcaption>Payload size</figcaption>
      ${histogram(sizeRows, 'records by size of payload')}</figure>
    <figure><figcaption>Type</figcaption>
      ${histogram(otherTypes.types === 0 ? typeRows : [...typeRows, others], 'records by type')}</figure>
    <figure><figcaption>Sequence over bytes</figcaption>
      ${linePlot(growth, bytes, sequences, 'sequence over bytes')}</figure>
    <figure><figcaption>Timestamps</figcaption>${hasTimestamps ? timesFigure(points, sequences) : unused}</figure>
  </div></section>`
}

const unused: Markup = html`<p class="quiet">Not used: all are 0.</p>`

function timesFigure(points: readonly Point[], sequences: Axis): Markup {
  const timestamps = points.map(({ timestamp }) => timestamp)
  const times = points.map(({ sequence, timestamp }) => ({ x: sequence, y: timestamp }))
  return html`${linePlot(times, sequences, timesOf(timestamps), 'timestamp over sequence')}
    <p class="quiet">${tellTime(timestamps[0] ?? 0)} to ${tellTime(timestamps.at(-1) ?? 0)}</p>`
}

function labelOf({ fromBytes, toBytes }: SizeClass): string {
  if (fromBytes === toBytes) return `${fromBytes} B`
  return toBytes < 1024 ? `${fromBytes}-${toBytes} B` : `${size(fromBytes)} to ${size(toBytes + 1)}`
}

function timesOf(timestamps: readonly number[]): Axis {
  const min = timestamps[0] ?? 0
  const max = timestamps.at(-1) ?? 0
  const isWithinDay = max - min < dayMs
  const tell = (value: number): string => {
    if (!isDate(value)) return shortNumber(value)
    const text = new Date(value).toISOString()
    return isWithinDay ? text.slice(11, 19) : text.slice(0, 10)
  }
  return { title: isDate(max) ? 'time (UTC)' : 'timestamp', min, max, tell }
}

const dayMs = 86_400_000
/** From 2001 to 2286: then a number is taken for milliseconds since 1970, which is the most likely thing. */
const dateMin = 1_000_000_000_000
const dateMax = 10_000_000_000_000

function isDate(timestamp: number): boolean {
  return timestamp >= dateMin && timestamp < dateMax
}

function tellTime(timestamp: number): string {
  return isDate(timestamp) ? new Date(timestamp).toISOString() : count(timestamp)
}

const units = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e4, 'k']] as const

/** `12.5k`: short enough for an axis. */
function shortNumber(value: number): string {
  const [power, unit] = units.find(([least]) => value >= least) ?? [1, '']
  const scale = unit === 'k' ? 1000 : power
  return unit === '' ? count(Math.round(value)) : `${Number((value / scale).toPrecision(4))}${unit}`
}
