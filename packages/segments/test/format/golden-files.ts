import { Buffer } from 'node:buffer'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Expected, ExpectedRecord, Opens } from '../../../../fixtures/golden-logs.ts'
import { goldenDirectory } from '../../../../fixtures/make-format-1.ts'
import type { Log, LogRecord } from '../../src/index.ts'

/** What the logs were written with, so that going on stays within the same geometry. */
export const small = { segmentBytes: 4096, blockBytes: 128 }

export interface GoldenLog {
  readonly name: string
  readonly expected: Expected
}

/** All but the record file, which is no log. */
export const all: readonly GoldenLog[] = readdirSync(goldenDirectory)
  .filter((name) => name !== 'record-file')
  .map((name) => ({ name, expected: expectedOf(name) }))

/** Those that can be opened for writing. */
export const readable: readonly (GoldenLog & { readonly open: Opens })[] = all.flatMap(({ name, expected }) => {
  return 'error' in expected.open ? [] : [{ name, expected, open: expected.open }]
})

export function expectedOf(name: string): Expected {
  return JSON.parse(readFileSync(join(goldenDirectory, name, 'expected.json'), 'utf8')) as Expected
}

export function filesIn(name: string): Map<string, Uint8Array<ArrayBuffer>> {
  const directory = join(goldenDirectory, name, 'log')
  return new Map(readdirSync(directory).map((file) => [file, new Uint8Array(readFileSync(join(directory, file)))]))
}

/** What the code and the independent decoder both say of a record. */
type Found = Pick<LogRecord, 'sequence' | 'timestamp' | 'type'> & { readonly payload: Uint8Array }

export function asExpected({ sequence, timestamp, type, payload }: Found): ExpectedRecord {
  const isUniform = payload.length > 16 && payload.every((byte) => byte === payload[0])
  const short = { byte: payload[0] ?? 0, times: payload.length }
  return { sequence, timestamp, type, payload: isUniform ? short : Buffer.from(payload).toString('hex') }
}

export async function recordsOf(log: Log): Promise<ExpectedRecord[]> {
  const records: ExpectedRecord[] = []
  for await (const record of log.read()) records.push(asExpected(record))
  return records
}
