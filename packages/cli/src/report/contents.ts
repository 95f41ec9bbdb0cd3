import { frameBytes } from '@varve/codec'
import type { InspectedSegment } from '@varve/inspect'
import type { RecordView } from 'varve'
import { Sampler } from './sampler.ts'

/** Records whose payload has from `fromBytes` to `toBytes` bytes. */
export interface SizeClass {
  readonly fromBytes: number
  readonly toBytes: number
  readonly records: number
}

export interface TypeCount {
  readonly type: number
  readonly records: number
}

/** One of the records that were drawn: how far the log was when it had been written. */
export interface Point {
  readonly sequence: number
  /** Bytes of all frames that were read up to its end. */
  readonly bytes: number
  readonly timestamp: number
}

/** How full the parts of a segment's capacity are: frames that begin in each. */
export interface Density {
  readonly segment: string
  readonly frames: readonly number[]
}

/** What the records of a log are like. Of records that cannot be read there is nothing in it. */
export interface Contents {
  readonly records: number
  readonly payloadBytes: number
  readonly frameBytes: number
  readonly largestBytes: number
  readonly sizes: readonly SizeClass[]
  /** The most frequent first. */
  readonly types: readonly TypeCount[]
  /** How many other types there are, and their records. */
  readonly otherTypes: TypeCountOfRest
  /** Whether any record has one. */
  readonly hasTimestamps: boolean
  readonly points: readonly Point[]
  /** For as many segments as can be drawn, the last ones. */
  readonly densities: readonly Density[]
  /** About where the records stand that something is to be drawn at: offset in the file of their segment. */
  readonly places: Readonly<Record<string, number>>
  /** Segments whose records could not be read to their end, with the reason. */
  readonly unread: readonly { readonly segment: string; readonly reason: string }[]
}

export interface TypeCountOfRest {
  readonly types: number
  readonly records: number
}

const typesShown = 12
const pointsMax = 400
const densityParts = 96
const sizeClasses = 34

/** Takes the records of a log, segment by segment, and keeps a picture of them that does not grow with their number. */
export class ContentsBuilder {
  readonly #wanted: ReadonlySet<number>
  readonly #sizes = new Float64Array(sizeClasses)
  readonly #types = new Map<number, number>()
  readonly #points = new Sampler<Point>(pointsMax)
  readonly #densities: Density[] = []
  readonly #places: Record<string, number> = {}
  readonly #unread: { segment: string; reason: string }[] = []
  #frames: number[] = []
  #capacity = 1
  #position = 0
  #records = 0
  #payloadBytes = 0
  #frameBytes = 0
  #largestBytes = 0
  #hasTimestamps = false

  /** `wanted`: numbers of records whose place is asked for. */
  constructor(wanted: readonly number[]) {
    this.#wanted = new Set(wanted)
  }

  /** Records of this segment follow, from `start` on. `isDrawn`: whether there is room to draw it. */
  enter({ name, capacity, bytes }: InspectedSegment, start: number, isDrawn: boolean): void {
    this.#frames = isDrawn ? Array.from({ length: densityParts }, () => 0) : []
    this.#capacity = Math.max(1, capacity ?? bytes)
    this.#position = start
    if (isDrawn) this.#densities.push({ segment: name, frames: this.#frames })
  }

  add({ sequence, type, timestamp, payloadBytes }: RecordView): void {
    const part = Math.min(densityParts - 1, Math.floor((this.#position / this.#capacity) * densityParts))
    if (this.#frames.length > 0) this.#frames[part]! += 1
    if (this.#wanted.has(sequence)) this.#places[sequence] = this.#position
    const bytes = frameBytes(payloadBytes)
    this.#position += bytes
    this.#frameBytes += bytes
    this.#records += 1
    this.#payloadBytes += payloadBytes
    this.#largestBytes = Math.max(this.#largestBytes, payloadBytes)
    this.#sizes[payloadBytes === 0 ? 0 : Math.floor(Math.log2(payloadBytes)) + 1]! += 1
    this.#types.set(type, (this.#types.get(type) ?? 0) + 1)
    this.#hasTimestamps ||= timestamp !== 0
    this.#points.add({ sequence, bytes: this.#frameBytes, timestamp })
  }

  couldNotRead(segment: string, reason: string): void {
    this.#unread.push({ segment, reason })
  }

  build(): Contents {
    const types = [...this.#types].map(([type, records]) => ({ type, records }))
    types.sort((a, b) => b.records - a.records || a.type - b.type)
    const rest = types.slice(typesShown)
    return {
      records: this.#records,
      payloadBytes: this.#payloadBytes,
      frameBytes: this.#frameBytes,
      largestBytes: this.#largestBytes,
      sizes: sizesOf(this.#sizes),
      types: types.slice(0, typesShown),
      otherTypes: { types: rest.length, records: rest.reduce((sum, { records }) => sum + records, 0) },
      hasTimestamps: this.#hasTimestamps,
      points: this.#points.values,
      densities: this.#densities,
      places: this.#places,
      unread: this.#unread,
    }
  }
}

/** From the first class with a record to the last. */
function sizesOf(counts: Float64Array): readonly SizeClass[] {
  const classes = [...counts].map((records, at) => ({
    fromBytes: at === 0 ? 0 : 2 ** (at - 1),
    toBytes: at === 0 ? 0 : 2 ** at - 1,
    records,
  }))
  const first = classes.findIndex(({ records }) => records > 0)
  return first === -1 ? [] : classes.slice(first, classes.findLastIndex(({ records }) => records > 0) + 1)
}
