import { isVarveError, type Log, type LogRecord, VarveError } from 'varve'
import type { Source, SourceRecord, Stop } from './source.ts'

export interface IntoLogOptions {
  /** Whether what the log has already is taken for the beginning of the source. */
  readonly resume?: boolean
  /** Whether records may be added to a log that has some. */
  readonly append?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ImportProgress) => void
}

export interface ImportProgress {
  readonly records: number
  /** Of the source. */
  readonly bytesDone: number
}

/** What an import did. */
export interface ImportOutcome {
  /** Records of the source that verified. */
  readonly records: number
  /** Of these, what was in the log already. */
  readonly skipped: number
  readonly imported: number
  readonly payloadBytes: number
  /** Numbers that the log gave to what was imported; undefined when nothing was. */
  readonly firstSequence: number | undefined
  readonly lastSequence: number | undefined
  /** Why the source was not read to its end, if it was not. */
  readonly stop: Stop | undefined
  readonly isInterrupted: boolean
}

/**
 * Appends what `source` has, a batch at a time, each of them all or none, and makes it durable at the end. Without a
 * log the source is only checked.
 *
 * @throws VarveError (as a rejection) `EXISTS` when the log has records and nothing was said about them;
 * `FOREIGN_FILE` when it is to be resumed and what is there is not what the source begins with; as `Log.appendBatch`.
 */
export async function importInto(
  log: Log | undefined,
  source: Source,
  { resume = false, append = false, signal, onProgress }: IntoLogOptions = {},
): Promise<ImportOutcome> {
  const present = log?.lastSequence ?? 0
  if (present > 0 && !resume && !append) throw hasRecords(present)
  const comparison = log !== undefined && resume ? new Comparison(log) : undefined
  const total = { records: 0, skipped: 0, imported: 0, payloadBytes: 0 }
  const outcome = (stop: Stop | undefined): ImportOutcome => ({
    ...total,
    firstSequence: log === undefined || total.imported === 0 ? undefined : present + 1,
    lastSequence: log === undefined || total.imported === 0 ? undefined : present + total.imported,
    stop,
    isInterrupted: signal?.aborted === true,
  })
  let stop: Stop | undefined
  for (let next = await source.next(); ; next = await source.next()) {
    if (next.done === true) {
      stop = next.value
      break
    }
    const { records, bytesDone } = next.value
    const known = comparison === undefined ? 0 : await comparison.skip(records, total.records)
    const fresh = records.slice(known)
    const refused = log === undefined ? undefined : await appendAll(log, fresh)
    const taken = refused?.at ?? fresh.length
    total.records += known + taken
    total.skipped += known
    total.imported += log === undefined ? 0 : taken
    for (const { payload } of fresh.slice(0, taken)) total.payloadBytes += payload.length
    onProgress?.({ records: total.records, bytesDone })
    if (refused !== undefined) {
      const { message: evidence } = refused.error
      const { offset } = fresh[refused.at]!
      stop = { verdict: 'refused', record: total.records + 1, offset, bytes: undefined, evidence }
      break
    }
    if (signal?.aborted === true) break
  }
  if (comparison !== undefined && total.records < present && signal?.aborted !== true) {
    throw notTheSame(total.records + 1, `the log has ${present} records, and the file ${total.records}`)
  }
  await log?.sync()
  return outcome(stop)
}

interface RefusedRecord {
  /** How many records before it were appended. */
  readonly at: number
  readonly error: VarveError
}

/** In one batch if it fits into a segment, else in halves, down to the record that the log cannot take. */
async function appendAll(log: Log, records: readonly SourceRecord[]): Promise<RefusedRecord | undefined> {
  if (records.length === 0) return undefined
  try {
    await log.appendBatch(records)
    return undefined
  } catch (error) {
    if (!isVarveError(error, 'RECORD_TOO_LARGE') && !isVarveError(error, 'INVALID_ARGUMENT')) throw error
    if (records.length === 1) return { at: 0, error }
    const half = records.length >>> 1
    const before = await appendAll(log, records.slice(0, half))
    if (before !== undefined) return before
    const behind = await appendAll(log, records.slice(half))
    return behind && { at: half + behind.at, error: behind.error }
  }
}

/** Holds what the log has against what a source begins with. */
class Comparison {
  readonly #log: Log
  readonly #present: number
  readonly #first: number
  readonly #records: AsyncIterator<LogRecord>

  constructor(log: Log) {
    this.#log = log
    this.#present = log.lastSequence
    this.#first = log.firstSequence
    this.#records = this.#log.read()[Symbol.asyncIterator]()
  }

  /**
   * How many of `records`, before which the source had `done`, are in the log already.
   *
   * @throws VarveError `FOREIGN_FILE`, `CORRUPT`
   */
  async skip(records: readonly SourceRecord[], done: number): Promise<number> {
    const known = Math.min(records.length, Math.max(0, this.#present - done))
    for (let at = 0; at < known; at += 1) {
      const sequence = done + at + 1
      // What lies below the floor cannot be compared any more.
      if (sequence < this.#first) continue
      const { value } = await this.#records.next() as IteratorResult<LogRecord, undefined>
      if (value === undefined || !isSame(value, records[at]!)) {
        throw notTheSame(sequence, `record ${sequence} of the log is not record ${sequence} of the file`)
      }
    }
    return known
  }
}

function isSame(record: LogRecord, { payload, type = 0, timestamp }: SourceRecord): boolean {
  return record.type === type
    && (timestamp === undefined || record.timestamp === timestamp)
    && Buffer.compare(record.payload, payload) === 0
}

function hasRecords(present: number): VarveError {
  const message = `the log has ${present} records; --resume goes on with an import of the same file that was ` +
    'interrupted, --append adds the records of the file to them'
  return new VarveError('EXISTS', message, { records: present })
}

function notTheSame(sequence: number, what: string): VarveError {
  const message = `${what}: this is not an interrupted import of that file; import into an empty directory`
  return new VarveError('FOREIGN_FILE', message, { sequence })
}
