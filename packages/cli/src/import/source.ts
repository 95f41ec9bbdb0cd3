/** A record as a foreign file has it. */
export interface SourceRecord {
  readonly payload: Uint8Array
  /** Where it begins in the file. */
  readonly offset: number
  readonly type?: number
  readonly timestamp?: number
}

/** Records that verified, in the order of the file. Their payloads stay valid. */
export interface SourceBatch {
  readonly records: readonly SourceRecord[]
  /** Bytes of the file that have been read through, these records included. */
  readonly bytesDone: number
}

/**
 * Why a file was not read to its end. `torn`: its last record was cut off, as a crash does. `corrupt`: it is damaged.
 * `refused`: it is what it should be, and the log cannot take it.
 */
export type StopVerdict = 'torn' | 'corrupt' | 'refused'

export interface Stop {
  readonly verdict: StopVerdict
  /** Number in the file of the record that stopped it, from 1. */
  readonly record: number
  /** Where that begins in the file. */
  readonly offset: number
  /** Bytes from there to the end of the file; undefined of an input without an end that is known. */
  readonly bytes: number | undefined
  /** Why it is taken for what `verdict` says, in words. */
  readonly evidence: string
}

/** Batches, and at the end why it ended before the end of the file, if it did. */
export type Source = AsyncGenerator<SourceBatch, Stop | undefined, void>

/** Collects records until there are enough for one append. */
export class Batcher {
  #records: SourceRecord[] = []
  #bytes = 0
  readonly #bytesMax: number

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** True when it is time to `take`. */
  add(record: SourceRecord): boolean {
    this.#records.push(record)
    this.#bytes += record.payload.length
    return this.#bytes >= this.#bytesMax || this.#records.length >= recordsMax
  }

  take(bytesDone: number): SourceBatch {
    const records = this.#records
    this.#records = []
    this.#bytes = 0
    return { records, bytesDone }
  }
}

/** Records of one append: also of empty ones there must not be any number in memory. */
const recordsMax = 1024
