import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { nodeStorage, openLog, type LogRecord } from 'varve'
import { importInto, type ImportOutcome, type IntoLogOptions } from '../../src/import/into-log.ts'
import { readLengthCrc32, type LengthCrc32Options } from '../../src/import/length-crc32.ts'
import type { Source, SourceRecord, Stop } from '../../src/import/source.ts'
import type { Input } from '../../src/import/window.ts'
import { varve, type Ended, type Surroundings } from '../support/terminal.ts'

export function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url))
}

export function fixtureBytes(name: string): Uint8Array {
  return readFileSync(fixture(name))
}

/** As `generate.py` says. */
export function fixturePayload(number: number): Buffer {
  return Buffer.from(Array.from({ length: (number * 37) % 301 }, (_, at) => (number * 7 + at * 13) % 256))
}

/** Gives at most `atOnce` bytes a read, as a file system may. */
export function inputOf(bytes: Uint8Array, atOnce = Infinity): Input {
  return {
    size: bytes.length,
    read: async (into, position) => {
      const part = bytes.subarray(position, position + Math.min(into.length, atOnce))
      into.set(part)
      return part.length
    },
  }
}

export interface Drained {
  readonly records: readonly SourceRecord[]
  readonly stop: Stop | undefined
}

export async function drain(source: Source): Promise<Drained> {
  const records: SourceRecord[] = []
  for (;;) {
    const next = await source.next()
    if (next.done === true) return { records, stop: next.value }
    records.push(...next.value.records)
  }
}

export async function readBytes(bytes: Uint8Array, options: Partial<LengthCrc32Options> = {}): Promise<Drained> {
  return await drain(readLengthCrc32(inputOf(bytes), { maxRecordBytes: 1 << 20, ...options }))
}

/** Runs the command on real directories. */
export async function onDisk(line: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
  return await varve(line, { storage: (directory) => nodeStorage(directory), ...surroundings })
}

export async function recordsOf(directory: string): Promise<LogRecord[]> {
  const log = await openLog(directory, { readOnly: true })
  const records: LogRecord[] = []
  for await (const record of log.read()) records.push(record)
  await log.close()
  return records
}

export async function importTo(
  directory: string,
  source: Source,
  options: IntoLogOptions & { readonly segmentBytes?: number } = {},
): Promise<ImportOutcome> {
  const { segmentBytes = 1 << 20 } = options
  const log = await openLog(directory, { durability: 'async', segmentBytes })
  try {
    return await importInto(log, source, options)
  } finally {
    await log.close()
  }
}
