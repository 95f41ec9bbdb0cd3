/**
 * What every writer of the real scenarios writes. A record follows from who wrote it and where it stands, so that the
 * books need no payloads, and no record can be mistaken for another, one written there in an earlier life included.
 */

/** How many records go into the log together, from one number on: sixteen records are eight units. */
const units = [1, 1, 1, 4, 1, 2, 1, 5] as const
const cycle = units.reduce((sum, size) => sum + size, 0)

const firsts: ReadonlyMap<number, number> = new Map(
  units.map((size, at) => [units.slice(0, at).reduce((sum, before) => sum + before, 0), size]),
)

/** The size of the unit that begins with this record; 0 inside of one. */
export function unitAt(sequence: number): number {
  return firsts.get((sequence - 1) % cycle) ?? 0
}

/** Whether a log may end behind this record: nowhere inside a batch. */
export function mayEndAt(sequence: number): boolean {
  return unitAt(sequence + 1) > 0
}

/** Which history, of how many records: part of every payload. */
export interface Authorship {
  readonly seed: number
  /** From 1 to 65,535: the record type. */
  readonly life: number
}

/** The payload of a record: of many lengths, none included. */
export function payloadOf({ seed, life }: Authorship, sequence: number): Uint8Array<ArrayBuffer> {
  let state = (Math.imul(seed, 0x9e37_79b1) ^ Math.imul(life, 0x85eb_ca6b) ^ Math.imul(sequence, 0xc2b2_ae35)) | 1
  const length = sequence % 61 === 0 ? 1900 : (sequence * 7919 + life * 31) % 300
  const payload = new Uint8Array(length)
  for (let at = 0; at < length; at += 1) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    payload[at] = state
  }
  return payload
}
