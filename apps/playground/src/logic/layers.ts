import type { SegmentInfo } from 'varve'
import * as format from './format.ts'

/** What the map needs to know of a segment. */
export interface SegmentFacts
  extends Pick<SegmentInfo, 'name' | 'index' | 'state' | 'firstSequence' | 'lastSequence' | 'end'> {
  readonly header: Pick<SegmentInfo['header'], 'capacity' | 'blockBytes'>
}

/** One layer of the map: a segment as it is drawn. */
export interface Layer {
  readonly name: string
  readonly index: number
  readonly state: SegmentInfo['state'] | 'gone'
  /** How full it is, from 0 to 1. */
  readonly fill: number
  /** Bytes of its frames, and its header. */
  readonly bytes: number
  readonly records: number
  readonly numbers: string
  /** All of that in words, for those who do not see it. */
  readonly label: string
  readonly marks: readonly Mark[]
}

/** A checkpoint in a layer: where, from 0 to 1. */
export interface Mark {
  readonly at: number
  readonly sequence: number
}

/** Layers as one would dig them up, the newest first. `checkpoints` are the records that they stand behind. */
export function layersOf(segments: readonly SegmentFacts[], checkpoints: readonly number[]): readonly Layer[] {
  return segments.map((segment) => layerOf(segment, checkpoints)).reverse()
}

function layerOf(segment: SegmentFacts, checkpoints: readonly number[]): Layer {
  const { name, index, state, firstSequence, lastSequence, end, header } = segment
  const records = Math.max(0, lastSequence - firstSequence + 1)
  const fill = Math.min(1, end / header.capacity)
  const numbers = format.range(firstSequence, lastSequence)
  const marks = checkpoints
    .filter((sequence) => sequence >= firstSequence && sequence <= lastSequence)
    .map((sequence) => ({ sequence, at: (fill * (sequence - firstSequence + 1)) / records }))
  const label = [
    `Segment ${index}, ${state}`,
    records === 0 ? 'no records' : `records ${numbers}`,
    `${Math.round(fill * 100)} percent full`,
    ...marks.map(({ sequence }) => `checkpoint after record ${sequence}`),
  ].join(', ')
  return { name, index, state, fill, bytes: end, records, numbers, label, marks }
}

/** The newest of the layers that were there before and are not any more, at most so many, as `gone`. */
export function ghostsOf(before: readonly Layer[], now: readonly Layer[], most: number): readonly Layer[] {
  const names = new Set(now.map(({ name }) => name))
  const gone = before.filter(({ name }) => !names.has(name))
  return gone.slice(0, most).map((layer) => ({ ...layer, state: 'gone', marks: [] }))
}

/** Bytes of a segment's file. The active one has room that is not written yet. */
export function fileBytes({ state, end, header }: SegmentFacts): number {
  return state === 'cut' ? end : header.capacity
}

const headerBytes = 128
const trailerBytes = 64

/** What lies at an offset of a segment's file, in words. */
export function placeIn({ state, end, header }: SegmentFacts, position: number): string {
  if (position < headerBytes) return 'the header of the segment'
  if (position < header.blockBytes) return 'zeros behind the header'
  if (position < end) return 'the records'
  if (state === 'active') return 'room that no record has reached'
  const isTrailer = position >= header.capacity - trailerBytes
  return isTrailer ? 'the trailer, which finds the seal' : 'the seal, or zeros behind it'
}
