import { frameBytes } from '@varve/codec'
import type { OpenOptions } from 'varve'
import type { Point } from '../row.ts'
import type { Scale } from '../scale.ts'
import { bytesText } from '../sizes.ts'
import type { Rounds } from '../turns.ts'

/** How large records are, and how many are appended at once. */
export interface Cell {
  readonly payloadBytes: number
  readonly producers: number
}

/** The row and the column of the matrix that pictures show. */
const shown: Cell = { payloadBytes: 256, producers: 16 }
/** A group above it would measure memory, and not fit into a segment. */
const groupBytesMax = 32 * 2 ** 20
const MiB = 2 ** 20

/** All cells of the matrix, or the row and the column that pictures show. */
export function cellsOf({ payloads, producers, isWholeMatrix }: Scale): readonly Cell[] {
  return payloads
    .flatMap((payloadBytes) => producers.map((many) => ({ payloadBytes, producers: many })))
    .filter((cell) => cell.payloadBytes * cell.producers <= groupBytesMax)
    .filter((cell) => isWholeMatrix || isShown(cell))
}

/** Whether a picture shows it. Only there everybody takes part. */
export function isShown(cell: Cell): boolean {
  return cell.payloadBytes === shown.payloadBytes || cell.producers === shown.producers
}

export function cellText({ payloadBytes, producers }: Cell): string {
  return `${bytesText(payloadBytes)} x ${producers}`
}

/** What a group of it takes on the disk. */
export function groupBytesOf({ payloadBytes, producers }: Cell): number {
  return producers * frameBytes(payloadBytes)
}

/** Rounds that write no more than allowed; `groups` a turn. */
export function roundsOf(cell: Cell, { cell: { least, most, ms }, cellBytesMax }: Scale, groups = 1): Rounds {
  const affordable = Math.max(2, Math.floor(cellBytesMax / (groups * groupBytesOf(cell))))
  return { least: Math.min(least, affordable), most: Math.min(most, affordable), ms }
}

/** Room for a whole group, so that none of it waits for room. */
export function queueFor(cell: Cell): Pick<OpenOptions, 'queue'> {
  return { queue: { maxBytes: Math.max(16 * MiB, 2 * groupBytesOf(cell)) } }
}

/** Where a rate in records stands, if it does. */
export function pointByProducers(plot: string, line: string, { payloadBytes, producers }: Cell): Point | undefined {
  return payloadBytes === shown.payloadBytes ? { plot, line, x: producers } : undefined
}

/** Where a rate in bytes stands, if it does. */
export function pointByPayload(plot: string, line: string, { payloadBytes, producers }: Cell): Point | undefined {
  return producers === shown.producers ? { plot, line, x: payloadBytes } : undefined
}
