import { VarveError } from '@varve/codec'
import type { CancelSignal } from '@varve/segments'
import { ReadBuffers } from '@varve/segments/inspect'
import type { LogStorage, Runtime } from '@varve/storage'

/** What every look at a log may be told. */
export interface LookOptions {
  /** Bytes of the read buffer. Default 1 MiB. A larger record gets a buffer of its own. */
  readonly readBytes?: number
  /** Which kernel verifies; `portable` tries nothing else. Default `auto`. */
  readonly kernel?: 'auto' | 'portable'
  /** Gives the look up between two reads: it rejects with `ABORTED`. */
  readonly signal?: CancelSignal
  /** Clock, chance and scheduling; the simulator's seam. */
  readonly runtime?: Runtime
}

/** How far a look has come. Bytes of the files that are looked at. */
export interface Progress {
  readonly bytesDone: number
  readonly bytesTotal: number
  /** What is being read. */
  readonly file: string
}

export interface Settings {
  readonly storage: LogStorage
  readonly runtime: Runtime
  readonly buffers: ReadBuffers
  readonly deep: boolean
  readonly signal: CancelSignal | undefined
  readonly onProgress: ((progress: Progress) => void) | undefined
}

const readBytesDefault = 1024 * 1024

/** @throws VarveError `INVALID_ARGUMENT` */
export function settle(
  storage: LogStorage,
  runtime: Runtime,
  options: LookOptions & { readonly deep?: boolean; readonly onProgress?: (progress: Progress) => void },
): Settings {
  const { readBytes = readBytesDefault, kernel = 'auto', deep = true, signal, onProgress } = options
  if (!Number.isSafeInteger(readBytes) || readBytes < 4096 || readBytes > 2 ** 28 || readBytes % 8 !== 0) {
    const range = 'a multiple of 8 from 4,096 to 268,435,456'
    throw new VarveError('INVALID_ARGUMENT', `readBytes is ${readBytes}; it must be ${range}`, { option: 'readBytes' })
  }
  return { storage, runtime, buffers: new ReadBuffers(readBytes, kernel), deep, signal, onProgress }
}

/** @throws VarveError `ABORTED` */
export function checkGoesOn({ signal }: Settings): void {
  if (signal?.aborted !== true) return
  throw new VarveError('ABORTED', 'the look was given up by its signal; nothing was changed', {}, signal.reason)
}
