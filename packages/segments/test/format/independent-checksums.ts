/* The two checksums of docs/FORMAT.md, section 4, in the plainest way; part of the independent decoder. */
import type { Buffer } from 'node:buffer'

const prime1 = 0x9e3779b185ebca87n
const prime2 = 0xc2b2ae3d27d4eb4fn
const prime3 = 0x165667b19e3779f9n
const prime4 = 0x85ebca77c2b2ae63n
const prime5 = 0x27d4eb2f165667c5n

function word(value: bigint): bigint {
  return BigInt.asUintN(64, value)
}

function rotl(value: bigint, bits: bigint): bigint {
  return word(value << bits) | (value >> (64n - bits))
}

function round(accumulator: bigint, input: bigint): bigint {
  return word(rotl(word(accumulator + input * prime2), 31n) * prime1)
}

export function xxh64(bytes: Buffer, seed: bigint): bigint {
  let at = 0
  let hash = word(seed + prime5)
  if (bytes.length >= 32) {
    const lanes = [seed + prime1 + prime2, seed + prime2, seed, seed - prime1].map(word)
    for (; at + 32 <= bytes.length; at += 32) {
      for (let lane = 0; lane < 4; lane += 1) {
        lanes[lane] = round(lanes[lane] as bigint, bytes.readBigUInt64LE(at + lane * 8))
      }
    }
    const turns = [1n, 7n, 12n, 18n]
    hash = word(lanes.reduce((total, lane, index) => total + rotl(lane, turns[index] as bigint), 0n))
    for (const lane of lanes) hash = word((hash ^ round(0n, lane)) * prime1 + prime4)
  }
  hash = word(hash + BigInt(bytes.length))
  for (; at + 8 <= bytes.length; at += 8) {
    hash = word(rotl(hash ^ round(0n, bytes.readBigUInt64LE(at)), 27n) * prime1 + prime4)
  }
  if (at + 4 <= bytes.length) {
    hash = word(rotl(hash ^ word(BigInt(bytes.readUInt32LE(at)) * prime1), 23n) * prime2 + prime3)
    at += 4
  }
  for (; at < bytes.length; at += 1) {
    hash = word(rotl(hash ^ word(BigInt(bytes.readUInt8(at)) * prime5), 11n) * prime1)
  }
  hash = word((hash ^ (hash >> 33n)) * prime2)
  hash = word((hash ^ (hash >> 29n)) * prime3)
  return hash ^ (hash >> 32n)
}

/** Bit by bit, without a table. */
export function crc32(bytes: Buffer): number {
  let running = 0xffffffff
  for (const byte of bytes) {
    running ^= byte
    for (let bit = 0; bit < 8; bit += 1) running = (running >>> 1) ^ ((running & 1) === 1 ? 0xedb88320 : 0)
  }
  return ~running >>> 0
}
