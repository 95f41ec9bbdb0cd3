import type { InspectedSegment, LogInspection } from '@varve/inspect'
import type { Output } from '../output/output.ts'
import type { Style } from '../output/style.ts'
import { bar } from '../output/bar.ts'
import { pairs, table, type Column } from '../output/table.ts'
import { count, counted, range, size } from '../output/units.ts'
import { presentCheckpoints } from './checkpoints.ts'
import { presentFindings } from './findings.ts'
import { presentHistory } from './history.ts'
import { paintVerdict } from './verdict.ts'

const wideColumns = 100
const barCells = 16

/** All of an inspection, for people. */
export function presentInspection(inspection: LogInspection, out: Output): void {
  const { style } = out
  const section = (title: string): void => {
    out.line()
    out.line(style.bold(title))
  }
  out.lines(pairs(headOf(inspection, out), style.dim, out.columns))
  if (inspection.segments.length > 0) {
    section('segments')
    out.lines(segmentTable(inspection.segments, out))
  }
  if (inspection.checkpoints.length > 0) {
    section('checkpoints')
    presentCheckpoints(inspection.checkpoints, out)
  }
  const others = inspection.files.filter(({ kind }) => kind !== 'segment' && kind !== 'checkpoint')
  if (others.length > 0) {
    section('other files')
    const rows = others.map(({ kind, bytes, name }) => [kind, size(bytes), name])
    out.lines(table([left('is'), right('bytes'), left('file')], rows, style.dim))
  }
  if (inspection.history.length > 0) {
    section('repairs')
    presentHistory(inspection.history, out)
  }
  if (inspection.findings.length > 0) {
    section('findings')
    presentFindings(inspection.findings, out)
  }
}

function headOf(inspection: LogInspection, { style }: Output): (readonly [string, string])[] {
  const { verdict, logId, isReplica, segments, checkpoints, floor, firstSequence, lastSequence, tail } = inspection
  const newest = segments.at(-1)
  const records = Math.max(0, lastSequence - firstSequence + 1)
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0)
  const format = [newest?.format, newest?.checksum, newest?.blockBytes && `blocks of ${size(newest.blockBytes)}`]
  const told = format.filter((part) => part !== undefined)
  return [
    ['log', `${logId ?? 'unknown'}${isReplica ? ', a replica' : ''}`],
    ['verdict', `${paintVerdict(verdict, style)}, as far as an open looks`],
    ['format', told.length === 0 ? 'unknown' : told.join(', ')],
    ['records', `${range(firstSequence, lastSequence)}${records === 0 ? '' : `, ${counted(records, 'record')}`}`],
    ['floor', count(floor)],
    ['segments', `${count(segments.length)}, ${size(bytes)}`],
    ['checkpoints', count(checkpoints.length)],
    ['tail', tail === undefined ? 'unknown' : `${tail.row}: ${tail.evidence}${discarded(tail.discards)}`],
  ]
}

function discarded(bytes: number): string {
  return bytes === 0 ? '' : `; ${size(bytes)} that the next open discards`
}

function segmentTable(segments: readonly InspectedSegment[], { style, columns }: Output): string[] {
  const isWide = columns >= wideColumns
  const titles: readonly Column[] = [
    right('index'),
    left('state'),
    right('sequences'),
    right('records'),
    right('bytes'),
    ...(isWide ? [right('epoch'), left('chain')] : []),
    left('fill'),
  ]
  const rows = segments.map((segment) => [
    count(segment.index),
    stateOf(segment, style),
    range(segment.firstSequence, segment.lastSequence),
    segment.records === undefined ? '?' : count(segment.records),
    size(segment.bytes),
    ...(isWide ? [segment.epoch === undefined ? '?' : count(segment.epoch), segment.chain ?? '?'] : []),
    segment.fill === undefined ? '?' : fillOf(segment.fill, isWide ? barCells : barCells / 2, style),
  ])
  return table(titles, rows, style.dim)
}

function stateOf({ state }: InspectedSegment, style: Style): string {
  if (state === 'active') return style.accent(state)
  if (state === 'unknown') return style.bad(state)
  return state === 'archived' ? style.dim(state) : state
}

function fillOf(fill: number, cells: number, style: Style): string {
  return `${style.accent(bar(fill, cells))} ${String(Math.round(fill * 100)).padStart(3)} %`
}

function left(title: string): Column {
  return { title }
}

function right(title: string): Column {
  return { title, align: 'right' }
}
