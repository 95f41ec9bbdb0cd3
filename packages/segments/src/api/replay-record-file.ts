import { asynchronousRuntime, checkFileName, io, type Procedure } from '@varve/storage'
import { FrameReader, startOfFile } from '../read/frame-reader.ts'
import { FrameWalker } from '../read/frame-walker.ts'
import type { RecordView } from '../read/log-record.ts'
import { viewRecord } from '../read/records.ts'
import type { DiscardedTail } from '../recover/report.ts'
import { judge } from '../recover/table.ts'
import { decide, discardedTail } from '../recover/verdicts.ts'
import { readRecordFileHeader } from '../record-file/header.ts'
import { scanRecordFile } from '../record-file/scan.ts'
import { settleRecordFile, type RecordFileOptions, type RecordFileSettings } from '../record-file/options.ts'

/** What a replay of a record file found. */
export interface RecordFileReplay {
  readonly records: number
  /** Number of the last record; when there is none, that of the record before the first: usually 0. */
  readonly lastSequence: number
  /** Where the valid prefix ends, in bytes. */
  readonly end: number
  /** Id of the row of the recovery table that the end was judged by. */
  readonly row: string
  /** Whether something that had been durable is damaged; only in `prefix` mode, `strict` rejects. */
  readonly corrupt: boolean
  /** What stands behind a torn end; only in `prefix` mode, `strict` rejects. */
  readonly torn: DiscardedTail | undefined
}

/**
 * Reads a record file without changing it, locking it or opening it for appending. `strict`, the default, visits
 * nothing unless the whole file is in order: `CORRUPT`, `TORN_TAIL`, `UNSUPPORTED_FORMAT`. `prefix` visits what is
 * valid up to the first bad place and says what it found there.
 */
export async function replayRecordFile(
  options: Pick<RecordFileOptions, 'storage' | 'name' | 'kernel' | 'readBytes' | 'runtime'> & {
    readonly mode?: 'strict' | 'prefix'
  },
  visit: (record: RecordView) => void,
): Promise<RecordFileReplay> {
  const { mode = 'strict', ...rest } = options
  const settings = settleRecordFile(rest, options.runtime ?? asynchronousRuntime())
  return await settings.runtime.run(replay(settings, mode, visit))
}

function* replay(
  settings: RecordFileSettings,
  mode: 'strict' | 'prefix',
  visit: (record: RecordView) => void,
): Procedure<RecordFileReplay> {
  const { storage, name, runtime } = settings
  checkFileName(name)
  const kernel = settings.buffers.take()
  const found = yield* readRecordFileHeader(storage, name)
  const last = yield* scanRecordFile(storage, found, kernel, runtime)
  const row = mode === 'strict' ? decide(last, 'refuse') : judge(last.facts)
  const { end, lastSequence, records } = last.contents
  const file = yield* io(`open ${name}`, () => storage.open(name, 'read'))
  try {
    const reader = new FrameReader(file, name, found.header, startOfFile(found.header, end), kernel)
    for (let run = yield* reader.next(); run !== undefined; run = yield* reader.next()) {
      const walker = new FrameWalker(run)
      const record = viewRecord(walker)
      while (walker.next()) if (!walker.isControl) visit(record)
      yield* runtime.turn()
    }
  } finally {
    yield* io(`close ${name}`, () => file.close())
  }
  const torn = discardedTail(last, row)
  return { records, lastSequence, end, row: row.id, corrupt: row.verdict === 'corrupt', torn }
}
