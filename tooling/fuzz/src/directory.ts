import { openLogSync, type LogOptions, type SynchronousLog } from '@varve/segments'
import { decodeArchive, type Files } from './archive.ts'
import { boundedStorage, sameFiles, type BoundedStorage } from './bounded-storage.ts'
import { endsAUnit, mustBeContiguous, mustBeHistory, unitAfter, type Seen } from './history.ts'
import { geometry } from './images.ts'
import { answerOf, codeOf, must, type Outcome } from './target.ts'

/** What an open may answer to bytes. Anything else is a fault of the code. */
const refusals = ['CORRUPT', 'NOT_A_LOG', 'FOREIGN_FILE', 'UNSUPPORTED_FORMAT', 'TORN_TAIL'] as const
const readRefusals = ['CORRUPT', 'UNSUPPORTED_FORMAT', 'RECLAIMED'] as const
/** Behind frames that are lies a writer may find no room, or no number left. */
const appendRefusals = ['POISONED', 'RECORD_TOO_LARGE', 'INVALID_ARGUMENT', 'NO_SPACE', 'CORRUPT', 'RECLAIMED'] as const

/**
 * Whether all that verifies was written in earnest, so that every record is known. Of what was forged, with right
 * checksums, nothing can be known but that it is survived, and that what was shown once stays.
 */
export type Trust = 'honest' | 'forged'

/** What one open showed. */
interface View {
  readonly answer: Outcome
  /** Undefined when it was refused. */
  readonly lastSequence: number | undefined
  readonly records: readonly Seen[]
}

export function runDirectory(bytes: Uint8Array, trust: Trust): Outcome {
  const files = decodeArchive(bytes)
  const quick = openForWriting(files, 'seals', trust)
  const full = openForWriting(files, 'all', trust)
  const reading = openForReading(files, trust)
  must(
    full.lastSequence === undefined || quick.lastSequence === full.lastSequence,
    'what an open accepts that reads everything, one that reads less accepts',
  )
  if (full.lastSequence !== undefined && reading.lastSequence !== undefined && full.answer !== 'created') {
    must(reading.lastSequence === full.lastSequence, 'a read-only open shows what an open for writing accepts')
    must(reading.answer === 'intact', 'and finds no damage there')
  }
  return `${quick.answer}; ${full.answer === quick.answer ? 'the same' : full.answer}; ${reading.answer}`
}

function openForWriting(files: Files, verify: 'seals' | 'all', trust: Trust): View {
  const bounded = boundedStorage(files)
  const options = { storage: bounded.storage, ...geometry, verify }
  const opened = attempt(options, bounded)
  if (typeof opened === 'string') {
    must(sameFiles(files, bounded.snapshot().files), 'what an open refuses, it has not changed')
    return { answer: opened, lastSequence: undefined, records: [] }
  }
  const { row, created, lastSequence } = opened.recovery
  const all = readAll(opened, trust)
  const { records, stopped } = all
  must(verify === 'seals' || stopped === undefined, 'an open that reads everything leaves no damage to a reader')
  if (trust === 'honest') {
    must(endsAUnit(lastSequence), 'half a batch')
    must(stopped !== undefined || opened.firstSequence + records.length - 1 === lastSequence, 'records are missing')
  }
  const appended = appendTo(opened, trust)
  opened.closeSync()
  bounded.check()
  if (appended !== undefined) seeAgain(bounded.snapshot().files, all, lastSequence + appended, trust)
  const answer = created ? 'created' : `${row ?? ''}${stopped === undefined ? '' : ` reading ${stopped}`}`
  return { answer, lastSequence, records }
}

/** Opens the log, or says why not. */
function attempt(options: LogOptions, bounded: BoundedStorage): SynchronousLog | string {
  try {
    const log = openLogSync(options)
    bounded.check()
    return log
  } catch (error) {
    bounded.check()
    const code = codeOf(error, refusals)
    const { row } = (error as { context: { row?: string } }).context
    return `${code} ${row ?? ''}`
  }
}

interface AllRead {
  readonly records: readonly Seen[]
  /** Why there are no more, if that is an error. */
  readonly stopped: string | undefined
}

function readAll(log: SynchronousLog, trust: Trust): AllRead {
  const records: Seen[] = []
  let stopped: string | undefined
  try {
    for (const record of log.readSync()) records.push(record)
  } catch (error) {
    stopped = codeOf(error, readRefusals)
  }
  mustBeContiguous(records, log.firstSequence)
  if (trust === 'honest') records.forEach(mustBeHistory)
  return { records, stopped }
}

/** Appends what comes next; how many records that were, or undefined where the log may say that it cannot. */
function appendTo(log: SynchronousLog, trust: Trust): number | undefined {
  const { lastSequence } = log
  try {
    const honest = trust === 'honest' ? [...unitAfter(lastSequence)] : [{ payload: Uint8Array.of(1, 2, 3) }]
    const { first, last } = log.appendBatchSync(honest)
    must(first === lastSequence + 1, 'the next record has the next number')
    const [read] = [...log.readSync({ from: first, to: first })]
    const payload = honest[0]?.payload ?? new Uint8Array(0)
    must(read !== undefined && Buffer.compare(read.payload, payload) === 0, 'what was appended is read')
    return last - lastSequence
  } catch (error) {
    must(trust === 'forged', `an append failed: ${String(error)}`)
    codeOf(error, appendRefusals)
    return undefined
  }
}

/** What was shown once is shown again, and what was appended behind it. */
function seeAgain(files: Files, { records: before, stopped }: AllRead, last: number, trust: Trust): void {
  const bounded = boundedStorage(files)
  const again = attempt({ storage: bounded.storage, ...geometry }, bounded)
  must(typeof again !== 'string', `a log that was open is refused when opened again: ${answerOf(again)}`)
  must(again.recovery.lastSequence === last, 'what was appended is there when opened again')
  const { records } = readAll(again, trust)
  must(stopped !== undefined || records.length > before.length, 'records are missing when opened again')
  must(
    before.every((record, at) => Buffer.compare(record.payload, records[at]?.payload ?? new Uint8Array(0)) === 0),
    'records that were shown are others when opened again',
  )
  again.closeSync()
  bounded.check()
}

function openForReading(files: Files, trust: Trust): View {
  const bounded = boundedStorage(files)
  const log = attempt({ storage: bounded.storage, ...geometry, readOnly: true, verify: 'all' }, bounded)
  if (typeof log === 'string') return { answer: log, lastSequence: undefined, records: [] }
  const { records, stopped } = readAll(log, trust)
  const { damage, lastSequence } = log.recovery
  log.closeSync()
  bounded.check()
  must(sameFiles(files, bounded.snapshot().files), 'a read-only open changes nothing')
  must(stopped === undefined || damage.length > 0, 'a read-only open that reads everything lists what a reader meets')
  return { answer: damage.length > 0 ? 'damaged' : 'intact', lastSequence, records }
}
