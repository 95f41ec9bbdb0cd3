import { jsonCodec } from '@varve/codec'
import { readBytes, reading, repairName, spareName, type NamedFiles } from '@varve/segments/inspect'
import { io, type LogStorage, type Procedure } from '@varve/storage'
import type { RecordRange } from './plan/repair-plan.ts'

/** What a repair writes down of itself before it changes anything. */
export interface RepairRecord {
  readonly version: 1
  /** Of the lock under which it was made; higher than that of any writer before. */
  readonly epoch: number
  /** Id of the choice. */
  readonly choice: string
  /** What was wrong. */
  readonly findings: readonly { readonly code: string; readonly file: string; readonly position: number }[]
  /** Records that the log does not have any more. */
  readonly lost: readonly RecordRange[]
  /** Index of the segment that it gives birth to, if it does. */
  readonly born: number | undefined
  /** Files that leave the directory. */
  readonly removes: readonly string[]
  /** Files that were copied, and the names of the copies. */
  readonly quarantined: readonly { readonly name: string; readonly copy: string }[]
  /** What the caller had to say, such as who and when. */
  readonly note: string | undefined
}

/** One repair, as the directory tells of it. */
export interface HistoryEntry {
  /** Its file. */
  readonly file: string
  /** Absent where the file cannot be read. */
  readonly record: RepairRecord | undefined
  /** Whether it is written there that everything was done. */
  readonly isDone: boolean
}

const codec = jsonCodec<unknown>()
const lineBreak = 0x0a
/** Far more than any repair has to say. */
const historyBytesMax = 4 * 1024 * 1024

/** Reads what earlier repairs wrote down, oldest first. */
export function* readHistory(storage: LogStorage, { repairs }: NamedFiles): Procedure<readonly HistoryEntry[]> {
  const entries: HistoryEntry[] = []
  for (const file of repairs) {
    const bytes = yield* reading(storage, file, function* (open): Procedure<Uint8Array<ArrayBuffer>> {
      const size = yield* io(`size of ${file}`, () => open.size())
      const all = new Uint8Array(Math.min(size, historyBytesMax))
      return all.subarray(0, yield* readBytes(open, file, all, 0))
    })
    const [record, done] = linesOf(bytes).map(decoded)
    const isDone = (done as { readonly done?: unknown } | undefined)?.done === true
    entries.push({ file, record: isRecord(record) ? record : undefined, isDone })
  }
  return entries
}

function linesOf(bytes: Uint8Array): Uint8Array[] {
  const end = bytes.indexOf(lineBreak)
  if (end === -1) return [bytes]
  const rest = bytes.subarray(end + 1)
  const last = rest.indexOf(lineBreak)
  return [bytes.subarray(0, end), last === -1 ? rest : rest.subarray(0, last)]
}

function decoded(line: Uint8Array): unknown {
  try {
    return codec.decode(line)
  } catch {
    // A line that was torn says nothing.
    return undefined
  }
}

function isRecord(value: unknown): value is RepairRecord {
  const { version, removes, quarantined } = (value ?? {}) as Partial<RepairRecord>
  return version === 1 && Array.isArray(removes) && Array.isArray(quarantined)
}

/** Writes down what is about to be done. It is durable under its name when this returns. */
export function* writeHistory(storage: LogStorage, record: RepairRecord): Procedure<string> {
  const name = repairName(record.epoch)
  const spare = spareName(1)
  const file = yield* io(`create ${spare}`, () => storage.open(spare, 'create'))
  try {
    yield* io(`write ${spare}`, () => file.write(lineOf(record), 0))
    yield* io(`sync ${spare}`, () => file.sync())
  } finally {
    yield* io(`close ${spare}`, () => file.close())
  }
  yield* io(`rename ${spare} to ${name}`, () => storage.rename(spare, name))
  yield* io(`make the name ${name} durable`, () => storage.syncNames())
  return name
}

/** Adds that it was done, behind the record. May be done again where a crash left half of it. */
export function* closeHistory(storage: LogStorage, name: string, record: RepairRecord): Procedure<void> {
  const file = yield* io(`open ${name}`, () => storage.open(name, 'existing'))
  try {
    yield* io(`write ${name}`, () => file.write(lineOf({ done: true }), lineOf(record).length))
    yield* io(`sync ${name}`, () => file.sync())
  } finally {
    yield* io(`close ${name}`, () => file.close())
  }
}

function lineOf(value: unknown): Uint8Array<ArrayBuffer> {
  const bytes = codec.encode(value)
  const line = new Uint8Array(bytes.length + 1)
  line.set(bytes)
  line[bytes.length] = lineBreak
  return line
}
