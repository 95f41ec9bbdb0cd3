import { capacityBytesMax, VarveError } from '@varve/codec'
import type { Runtime } from '@varve/storage'
import { settle, type LogOptions, type LogSettings } from '../api/options.ts'

/** What a record file needs and may be told. */
export interface RecordFileOptions
  extends Pick<
    LogOptions,
    | 'storage'
    | 'durability'
    | 'group'
    | 'async'
    | 'queue'
    | 'blockBytes'
    | 'checksum'
    | 'tornTail'
    | 'kernel'
    | 'stagingBytes'
    | 'readBytes'
    | 'runtime'
  > {
  /** Name of the file in the storage: letters, digits, `.`, `_` and `-`, not beginning with a dot. */
  readonly name: string
  /** The size that the file will not exceed, a multiple of `blockBytes`. Default about 32 GiB. */
  readonly capacity?: number
  /** Whether to take the storage's lock. Default true; false where the caller holds it for several files. */
  readonly lock?: boolean
  /** Up to this size a torn file is written anew, above it is cut in place. Default 1 MiB. */
  readonly rewriteBytesMax?: number
}

/** Options with all defaults filled in. */
export interface RecordFileSettings extends LogSettings {
  readonly name: string
  readonly lock: boolean
  readonly rewriteBytesMax: number
}

export function settleRecordFile(options: RecordFileOptions, runtime: Runtime): RecordFileSettings {
  const { name, capacity, lock = true, rewriteBytesMax = 1024 * 1024, ...rest } = options
  if (rewriteBytesMax < 0 || Number.isNaN(rewriteBytesMax)) {
    throw new VarveError('INVALID_ARGUMENT', `rewriteBytesMax is ${rewriteBytesMax}; it must be 0 or more`)
  }
  const blockBytes = rest.blockBytes ?? 4096
  const segmentBytes = capacity ?? Math.floor(capacityBytesMax / blockBytes) * blockBytes
  return { ...settle({ ...rest, segmentBytes }, runtime), name, lock, rewriteBytesMax }
}
