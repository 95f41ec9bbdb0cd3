import type { Log } from '../../src/node.ts'

/** The history that every test of this folder writes: what record and which batch belongs to a sequence number. */

/** The payload of a record: of many lengths, none included, and different in every record. */
export function payloadOf(sequence: number): Uint8Array<ArrayBuffer> {
  const length = sequence % 50 === 0 ? 2500 : (sequence * 7919) % 300
  return Uint8Array.from({ length }, (_, at) => (sequence * 31 + at * 7) & 0xff)
}

/** How many records go into the log together with this one: every sixteenth begins a batch. */
export function unitAt(sequence: number): number {
  return sequence % 16 === 0 ? 3 : 1
}

/** Whether a log may end behind this record: nowhere inside a batch. */
function mayEndAt(sequence: number): boolean {
  const place = sequence % 16
  return sequence < 16 || place > 1
}

/**
 * Reads all records and tells what is wrong with them: they must be 1, 2, 3 … with the payloads of the history, to
 * the end of a unit, and at least through `acknowledged`. Undefined: nothing is.
 */
export async function whatIsWrong(log: Log, acknowledged: number): Promise<string | undefined> {
  let expected = 1
  for await (const { sequence, payload } of log.read()) {
    if (sequence !== expected) return `record ${sequence} where ${expected} was due`
    if (Buffer.compare(payload, payloadOf(sequence)) !== 0) return `record ${sequence} has other bytes`
    expected += 1
  }
  const last = expected - 1
  if (last !== log.lastSequence) return `the log says that it ends at ${log.lastSequence}, and ends at ${last}`
  if (!mayEndAt(last)) return `the log ends at ${last}, inside a batch`
  return last < acknowledged ? `the log ends at ${last}, and ${acknowledged} was acknowledged` : undefined
}
