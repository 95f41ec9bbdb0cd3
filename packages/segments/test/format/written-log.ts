import { Buffer } from 'node:buffer'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { openLog, type Log, type LogOptions } from '../../src/index.ts'
import { seededRuntime } from './seeded-runtime.ts'

/** What a test did, in order. */
export type Step =
  | { readonly do: 'append'; readonly payload: Uint8Array; readonly type?: number; readonly timestamp?: number }
  | { readonly do: 'batch'; readonly payloads: readonly Uint8Array[] }
  | { readonly do: 'flush' | 'sync' | 'close' | 'kill' }

/** A record as the test knows it, without having read it. */
export interface BookEntry {
  readonly sequence: number
  readonly timestamp: number
  readonly type: number
  readonly continues: boolean
  readonly payload: string
}

export interface WrittenLog {
  readonly files: ReadonlyMap<string, Buffer>
  readonly snapshot: MemorySnapshot
  readonly books: readonly BookEntry[]
}

type WriteOptions = Omit<LogOptions, 'storage' | 'runtime'>

/** Nothing is synced by the clock: what is un-synced depends on the steps alone. */
const untimed = { maxUnsyncedMs: 3_600_000 }

/**
 * Writes a log by `steps` and keeps books. A `kill` leaves everything as the operating system has it, un-synced bytes
 * included, and opens it again. At the end the log is left as it lies: add `close` for a clean shutdown.
 */
export async function writeLog(options: WriteOptions, steps: readonly Step[], seed = 1): Promise<WrittenLog> {
  const runtime = seededRuntime(seed)
  const all = { async: untimed, ...options, runtime }
  const books: BookEntry[] = []
  let storage = memoryStorage()
  let log: Log | undefined
  let timestamp = 0
  for (const step of steps) {
    if (step.do === 'kill') {
      await log?.flush()
      storage = memoryStorage({ snapshot: storage.snapshot() })
      log = await openLog({ ...all, storage })
      continue
    }
    log ??= await openLog({ ...all, storage })
    if (step.do === 'close') {
      await log.close()
      log = undefined
    } else if (step.do === 'append') {
      timestamp = step.timestamp ?? timestamp
      books.push(entry(books.length + 1, timestamp, step.type ?? 0, false, step.payload))
      const { type = 0 } = step
      await log.append(step.payload, { type, timestamp })
    } else if (step.do === 'batch') {
      step.payloads.forEach((payload, at) => {
        books.push(entry(books.length + 1, timestamp, 0, at < step.payloads.length - 1, payload))
      })
      await log.appendBatch(step.payloads)
    } else await log[step.do]()
  }
  const snapshot = storage.snapshot()
  return { snapshot, files: filesOf(snapshot), books }
}

export function filesOf(snapshot: MemorySnapshot): Map<string, Buffer> {
  return new Map([...snapshot.files].map(([name, bytes]) => [name, Buffer.from(bytes)]))
}

function entry(
  sequence: number,
  timestamp: number,
  type: number,
  continues: boolean,
  payload: Uint8Array,
): BookEntry {
  return { sequence, timestamp, type, continues, payload: Buffer.from(payload).toString('hex') }
}
