import { openRecordFile, replayRecordFile, type RecordFile } from '@varve/segments'
import { decodeArchive, encodeArchive, type Files } from './archive.ts'
import { boundedStorage, type BoundedStorage } from './bounded-storage.ts'
import { accident, forgery } from './directory-changes.ts'
import type { Trust } from './directory.ts'
import { endsAUnit, mustBeContiguous, mustBeHistory, unitAfter, type Seen } from './history.ts'
import { fileGeometry, headerOf, recordFileImages, recordFileName as name } from './images.ts'
import { answerOf, codeOf, must, type FuzzTarget, type Outcome } from './target.ts'

const refusals = ['CORRUPT', 'NOT_A_LOG', 'UNSUPPORTED_FORMAT', 'TORN_TAIL', 'NOT_FOUND'] as const
const appendRefusals = ['POISONED', 'RECORD_TOO_LARGE', 'INVALID_ARGUMENT', 'NO_SPACE', 'CORRUPT'] as const

/** The number that the file begins with. One that is not there, or that is refused, shows no record. */
function firstOf(files: Files): number {
  return headerOf(files.get(name) ?? new Uint8Array(0))?.firstSequence ?? 1
}

/** What a replay said, and the records that it visited. */
interface Replayed {
  readonly answer: Outcome
  readonly records: readonly Seen[]
}

async function replayed(files: Files, mode: 'strict' | 'prefix', trust: Trust): Promise<Replayed> {
  const bounded = boundedStorage(files)
  const records: Seen[] = []
  let answer: Outcome
  try {
    const { storage } = bounded
    const found = await replayRecordFile({ storage, name, mode, readBytes: 4096 }, (record) => {
      const { sequence, type, timestamp, payload } = record
      records.push({ sequence, type, timestamp, payload: payload.slice() })
    })
    must(found.records === records.length, 'a replay counts what it visits')
    answer = `${found.row}${found.corrupt ? ' corrupt' : ''}`
  } catch (error) {
    bounded.check()
    answer = codeOf(error, refusals)
    must(records.length === 0, 'a replay that refuses a file has visited none of it')
  }
  bounded.check()
  mustBeContiguous(records, firstOf(files))
  if (trust === 'honest') records.forEach(mustBeHistory)
  return { answer, records }
}

/** Opens the file for appending, or says why not. */
async function attempt(bounded: BoundedStorage, rewriteBytesMax: number): Promise<RecordFile | string> {
  try {
    return await openRecordFile({ storage: bounded.storage, name, ...fileGeometry, rewriteBytesMax })
  } catch (error) {
    bounded.check()
    return codeOf(error, refusals)
  }
}

async function recordsOf(file: RecordFile): Promise<readonly Seen[]> {
  const records: Seen[] = []
  for await (const record of file.read()) records.push(record)
  return records
}

async function appended(file: RecordFile, trust: Trust): Promise<number> {
  const last = file.lastSequence
  try {
    const entries = trust === 'honest' ? unitAfter(last) : [{ payload: Uint8Array.of(1) }]
    return (await file.appendBatch(entries)).last - last
  } catch (error) {
    // A file that is full says so.
    const code = codeOf(error, appendRefusals)
    must(trust === 'forged' || code === 'NO_SPACE', `an append failed: ${String(error)}`)
    return code === 'NO_SPACE' ? 0 : Number.NaN
  }
}

async function openAndGoOn(
  files: Files,
  rewriteBytesMax: number,
  { strict, prefix }: { readonly strict: Replayed; readonly prefix: Replayed },
  trust: Trust,
): Promise<Outcome> {
  const bounded = boundedStorage(files)
  const file = await attempt(bounded, rewriteBytesMax)
  if (typeof file === 'string') {
    must(strict.answer === file, 'a replay refuses what an open refuses')
    const [before, after] = [files, bounded.snapshot().files].map((all) => all.get(name) ?? new Uint8Array(0))
    must(before !== undefined && after !== undefined && Buffer.compare(before, after) === 0, 'what is refused stays')
    return file
  }
  const records = await recordsOf(file)
  mustBeContiguous(records, firstOf(files))
  if (!file.recovery.created) {
    must(records.length === prefix.records.length, 'an open shows the records that a replay of the prefix visits')
  }
  if (trust === 'honest') {
    records.forEach(mustBeHistory)
    must(endsAUnit(records.length), 'half a batch')
  }
  const count = await appended(file, trust)
  await file.close()
  bounded.check()
  if (!Number.isNaN(count)) {
    const later = boundedStorage(bounded.snapshot().files)
    const again = await attempt(later, rewriteBytesMax)
    must(typeof again !== 'string', `a file that was open is refused when opened again: ${answerOf(again)}`)
    const shown = (await recordsOf(again)).length
    must(shown === records.length + count, 'what was shown is shown again, and what was appended')
    await again.close()
  }
  return file.recovery.row ?? 'created'
}

async function run(bytes: Uint8Array, trust: Trust): Promise<Outcome> {
  const files = decodeArchive(bytes)
  const strict = await replayed(files, 'strict', trust)
  const prefix = await replayed(files, 'prefix', trust)
  const rewritten = await openAndGoOn(files, 2 ** 20, { strict, prefix }, trust)
  const cut = await openAndGoOn(files, 0, { strict, prefix }, trust)
  must(cut === rewritten, 'a file is judged the same whether it is rewritten or cut')
  return `${strict.answer}; ${prefix.answer}; ${cut}`
}

const seeds = async (): Promise<readonly Uint8Array[]> => (await recordFileImages()).map(encodeArchive)

export const recordFileTarget: FuzzTarget = {
  name: 'record-file',
  law: 'an open ends in a prefix of what was appended, on which one can go on, or in an error; a replay agrees',
  seeds,
  change: accident,
  run: (bytes) => run(bytes, 'honest'),
}

export const recordFileForgedTarget: FuzzTarget = {
  name: 'record-file-forged',
  law: 'a record file that lies with right checksums is survived, and what was shown once stays',
  seeds,
  change: forgery,
  run: (bytes) => run(bytes, 'forged'),
}
