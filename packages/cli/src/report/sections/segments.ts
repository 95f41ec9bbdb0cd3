import type { InspectedSegment } from '@varve/inspect'
import { count, counted, range, size } from '../../output/units.ts'
import type { LogReport } from '../collect.ts'
import { drawnOf, findingsOf } from '../drawn.ts'
import { html, type Markup } from '../markup.ts'
import { segmentBar, type Mark } from '../svg/segment-bar.ts'
import { segmentCells } from '../svg/segment-cells.ts'

const legend = [
  ['header', 'header'],
  ['frames', 'frames, darker where there are more'],
  ['free', 'free'],
  ['floor', 'floor'],
  ['checkpoint', 'checkpoint'],
  ['damage', 'damage'],
  ['torn', 'torn'],
] as const

/** Every segment as a bar; of many, all as cells, and bars of the last ones and of those with findings. */
export function segmentsSection(report: LogReport): Markup {
  const { segments } = report.inspection
  if (segments.length === 0) return html`<section><h2>Segments</h2><p>None.</p></section>`
  const shown = drawnOf(segments, report.findings)
  const isMany = shown.length < segments.length
  return html`<section><h2>Segments</h2>
    ${isMany ? cellsOf(report) : undefined}
    ${isMany ? html`<p class="quiet">Below: ${shown.length} of ${count(segments.length)}, those with findings and the
      last ones.</p>` : undefined}
    <p class="legend">${legend.map(([kind, text]) => html`<span><i class="${kind}"></i>${text}</span>`)}</p>
    ${shown.map((segment) => segmentBlock(report, segment))}
  </section>`
}

function segmentBlock(report: LogReport, segment: InspectedSegment): Markup {
  const { name, index, state, firstSequence, lastSequence, bytes, capacity, blockBytes, end, fill } = segment
  const unread = report.contents.unread.find((each) => each.segment === name)
  const frames = report.contents.densities.find((each) => each.segment === name)?.frames ?? []
  const marks = marksOf(report, segment)
  const bar = { capacity: capacity ?? Math.max(1, bytes), blockBytes: blockBytes ?? 0, end, frames, state, marks }
  const full = fill === undefined ? '' : `${(fill * 100).toFixed(fill < 0.1 ? 1 : 0)} % of `
  const room = capacity === undefined ? 'unknown capacity' : size(capacity)
  const records = lastSequence === undefined ? '' : ` (${count(Math.max(0, lastSequence - firstSequence + 1))})`
  return html`<div class="segment">
    <p><strong>${index}</strong> <span class="tag state">${state}</span>
      records ${range(firstSequence, lastSequence)}${records}
      <span class="quiet">${full}${room}, file ${size(bytes)}</span></p>
    ${segmentBar(bar, `segment ${index}, ${state}`)}
    <p class="quiet"><code>${name}</code> ${cutOf(report, segment)}</p>
    ${unread === undefined ? undefined : html`<p class="unread">Not read to its end: ${unread.reason}</p>`}
  </div>`
}

/** Where a segment without a SEAL ends stands in the header of the next one. */
function cutOf({ inspection }: LogReport, { index, seal }: InspectedSegment): string {
  if (seal !== undefined) return `SEAL at ${count(seal.endOffset)}, ${counted(seal.records, 'record')}`
  const cut = inspection.segments.find((next) => next.index === index + 1)?.cut
  return cut === undefined ? 'no SEAL yet' : `cut at ${count(cut)} by the next one`
}

function marksOf(report: LogReport, segment: InspectedSegment): readonly Mark[] {
  const { floor, checkpoints } = report.inspection
  const { places } = report.contents
  const has = (sequence: number): boolean =>
    segment.firstSequence <= sequence && sequence <= (segment.lastSequence ?? 0) && places[sequence] !== undefined
  const placeOf = (sequence: number): number => places[sequence] ?? 0
  return [
    ...(floor > 1 && has(floor)
      ? [{ kind: 'floor', position: placeOf(floor), bytes: 0, text: `floor: record ${count(floor)}` } as const]
      : []),
    ...checkpoints.filter(({ sequence }) => has(sequence)).map(({ name, sequence }) => {
      const text = `${name}, after record ${count(sequence)}`
      return { kind: 'checkpoint', position: placeOf(sequence), bytes: 0, text } as const
    }),
    ...findingsOf(report.findings, segment).map(({ code, verdict, position, bytes }) => {
      const text = `${code} at ${count(position)}`
      return { kind: verdict === 'torn' ? 'torn' : 'damage', position, bytes, text } as const
    }),
  ]
}

function cellsOf(report: LogReport): Markup {
  const cells = report.inspection.segments.map((segment) => {
    const { index, state, fill = 0, firstSequence, lastSequence } = segment
    const found = findingsOf(report.findings, segment)
    const verdict = found.length === 0 ? 'intact' : found.every((each) => each.verdict === 'torn') ? 'torn' : 'corrupt'
    return { state, verdict, fill, text: `${index}, ${state}, records ${range(firstSequence, lastSequence)}` } as const
  })
  return segmentCells(cells, `${cells.length} segments, the oldest first`)
}
