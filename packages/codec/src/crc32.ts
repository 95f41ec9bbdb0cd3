/*
 * CRC-32 as in IEEE 802.3, zlib and gzip: reflected polynomial, all ones before and after. Eight tables let one step
 * take eight bytes.
 */

const polynomial = 0xedb88320
const slices = 8

let tables: Int32Array<ArrayBuffer> | undefined

/** 8 KiB, made on first use: most files use the other checksum. */
function makeTables(): Int32Array<ArrayBuffer> {
  const made = new Int32Array(slices * 256)
  for (let byte = 0; byte < 256; byte++) {
    let value = byte
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (polynomial & -(value & 1))
    made[byte] = value
  }
  for (let at = 256; at < made.length; at++) {
    const before = made[at - 256]!
    made[at] = (before >>> 8) ^ made[before & 0xff]!
  }
  tables = made
  return made
}

/** The running value, not inverted, after the eight bytes of two little-endian halves. */
function stepEight(table: Int32Array, running: number, low: number, high: number): number {
  const first = running ^ low
  return (
    table[1792 + (first & 0xff)]! ^
    table[1536 + ((first >>> 8) & 0xff)]! ^
    table[1280 + ((first >>> 16) & 0xff)]! ^
    table[1024 + (first >>> 24)]! ^
    table[768 + (high & 0xff)]! ^
    table[512 + ((high >>> 8) & 0xff)]! ^
    table[256 + ((high >>> 16) & 0xff)]! ^
    table[high >>> 24]!
  )
}

function run(view: DataView, offset: number, length: number, start: number, table: Int32Array): number {
  const end = offset + length
  let running = start
  let at = offset
  for (; at + 8 <= end; at += 8) {
    running = stepEight(table, running, view.getInt32(at, true), view.getInt32(at + 4, true))
  }
  for (; at < end; at++) running = (running >>> 8) ^ table[(running ^ view.getUint8(at)) & 0xff]!
  return ~running >>> 0
}

/** CRC-32 of `length` bytes at `offset` of `view`, continued from `initial`, the CRC-32 of what came before. */
export function crc32Of(view: DataView, offset: number, length: number, initial: number): number {
  return run(view, offset, length, ~initial, tables ?? makeTables())
}

/** CRC-32 of the eight little-endian bytes of the seed, then the data; as a 64-bit word into `out`. */
export function crc32Into(
  view: DataView,
  offset: number,
  length: number,
  seedLow: number,
  seedHigh: number,
  out: Uint32Array,
): void {
  const table = tables ?? makeTables()
  out[0] = run(view, offset, length, stepEight(table, -1, seedLow, seedHigh), table)
  out[1] = 0
}
