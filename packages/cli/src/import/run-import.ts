import type { Durability } from 'varve'
import { UsageError } from '../command.ts'
import { piecesOf } from '../read-input.ts'
import type { System } from '../system.ts'
import { withLog } from '../with-storage.ts'
import { importInto, type ImportOutcome, type ImportProgress } from './into-log.ts'
import { readLengthCrc32 } from './length-crc32.ts'
import { readNdjson } from './ndjson.ts'
import { withInput } from './open-input.ts'
import type { Source } from './source.ts'

export type ImportFormat = 'length-crc32' | 'ndjson'

export interface ImportOptions {
  readonly from: ImportFormat
  readonly fields?: boolean
  readonly dryRun?: boolean
  readonly resume?: boolean
  readonly append?: boolean
  readonly keepEmpty?: boolean
  readonly durability: Durability
  /** Capacity of the segments that are made. */
  readonly segmentBytes?: number
  /** Default: that of a segment; the log may refuse less. */
  readonly maxRecordBytes?: number
}

export interface ImportRequest {
  /** `-` is the standard input, which only lines may come from. */
  readonly file: string
  readonly directory: string
  readonly options: ImportOptions
  /** `bytesTotal` is undefined of the standard input. */
  readonly onProgress: (progress: ImportProgress, bytesTotal: number | undefined) => void
}

const segmentBytesDefault = 64 * 1024 * 1024

/** Imports a file, or only checks it. */
export async function runImport(system: System, request: ImportRequest): Promise<ImportOutcome> {
  const { file, options } = request
  const limits = { maxRecordBytes: options.maxRecordBytes ?? options.segmentBytes ?? segmentBytesDefault }
  const { fields = false, keepEmpty = false } = options
  if (file === '-') {
    if (options.from !== 'ndjson') {
      throw new UsageError('length-crc32 needs a file: a length is believed only when the file is as long.')
    }
    return await take(system, request, readNdjson(piecesOf(system.stdin, system), { ...limits, fields }), undefined)
  }
  return await withInput(file, async (input) => {
    const source = options.from === 'ndjson'
      ? readNdjson(input.chunks(), { ...limits, fields, size: input.size })
      : readLengthCrc32(input, { ...limits, keepEmpty })
    return await take(system, request, source, input.size)
  })
}

async function take(
  system: System,
  { directory, options, onProgress }: ImportRequest,
  source: Source,
  bytesTotal: number | undefined,
): Promise<ImportOutcome> {
  const { dryRun = false, resume = false, append = false, durability, segmentBytes } = options
  const settings = {
    resume,
    append,
    signal: system.interrupt,
    onProgress: (progress: ImportProgress) => { onProgress(progress, bytesTotal) },
  }
  if (dryRun) return await importInto(undefined, source, settings)
  const opening = { durability, create: true, ...(segmentBytes === undefined ? {} : { segmentBytes }) }
  return await withLog(system, directory, opening, async (log) => await importInto(log, source, settings))
}
