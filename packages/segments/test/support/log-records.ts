import type { Log, LogRecord, ReadRange, SynchronousLog } from '../../src/index.ts'

/** Bytes that depend on nothing but `seed`; two seeds give different bytes, also of equal length. */
export function payload(seed: number, bytes = 16): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(bytes)
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0
  for (let at = 0; at < bytes; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    result[at] = state >>> 24
  }
  return result
}

/** A record as a test compares it. */
export interface PlainRecord {
  readonly sequence: number
  readonly timestamp: number
  readonly type: number
  /** In hexadecimal, so that a difference is readable. */
  readonly payload: string
}

export function plain({ sequence, timestamp, type, payload: bytes }: LogRecord): PlainRecord {
  return { sequence, timestamp, type, payload: Buffer.from(bytes).toString('hex') }
}

export async function readAll(log: Log, range?: ReadRange): Promise<PlainRecord[]> {
  const records: PlainRecord[] = []
  for await (const record of log.read(range)) records.push(plain(record))
  return records
}

export async function replayAll(log: Log, range?: ReadRange): Promise<PlainRecord[]> {
  const records: PlainRecord[] = []
  await log.replay((record) => records.push(plain(record)), range)
  return records
}

export function readAllSync(log: SynchronousLog, range?: ReadRange): PlainRecord[] {
  return [...log.readSync(range)].map(plain)
}
