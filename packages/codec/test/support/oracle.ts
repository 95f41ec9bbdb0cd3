/*
 * A second implementation of format 1, written from docs/FORMAT.md alone: BigInt arithmetic, bytes sliced and
 * copied freely, nothing shared with the package. Slow and plain on purpose: where the two disagree, one is wrong.
 */

const mask = (1n << 64n) - 1n
const prime1 = 0x9e3779b185ebca87n
const prime2 = 0xc2b2ae3d27d4eb4fn
const prime3 = 0x165667b19e3779f9n
const prime4 = 0x85ebca77c2b2ae63n
const prime5 = 0x27d4eb2f165667c5n

const turn = (value: bigint, bits: bigint): bigint => ((value << bits) | (value >> (64n - bits))) & mask
const round = (sum: bigint, word: bigint): bigint => (turn((sum + word * prime2) & mask, 31n) * prime1) & mask

export function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n
  for (let at = bytes.length - 1; at >= 0; at--) value = (value << 8n) | BigInt(bytes[at]!)
  return value
}

export function toBytes(value: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => Number((value >> BigInt(8 * at)) & 255n))
}

export function xxh64(bytes: Uint8Array, seed: bigint): bigint {
  const word = (at: number, length: number): bigint => littleEndian(bytes.subarray(at, at + length))
  let at = 0
  let hash = (seed + prime5) & mask
  if (bytes.length >= 32) {
    const lanes = [seed + prime1 + prime2, seed + prime2, seed, seed - prime1].map((lane) => lane & mask)
    for (; at + 32 <= bytes.length; at += 32) {
      for (let lane = 0; lane < 4; lane++) lanes[lane] = round(lanes[lane]!, word(at + lane * 8, 8))
    }
    hash = (turn(lanes[0]!, 1n) + turn(lanes[1]!, 7n) + turn(lanes[2]!, 12n) + turn(lanes[3]!, 18n)) & mask
    for (const lane of lanes) hash = (((hash ^ round(0n, lane)) & mask) * prime1 + prime4) & mask
  }
  hash = (hash + BigInt(bytes.length)) & mask
  for (; at + 8 <= bytes.length; at += 8) hash = (turn(hash ^ round(0n, word(at, 8)), 27n) * prime1 + prime4) & mask
  if (at + 4 <= bytes.length) {
    hash = (turn(hash ^ ((word(at, 4) * prime1) & mask), 23n) * prime2 + prime3) & mask
    at += 4
  }
  for (; at < bytes.length; at++) hash = (turn(hash ^ ((word(at, 1) * prime5) & mask), 11n) * prime1) & mask
  hash = ((hash ^ (hash >> 33n)) * prime2) & mask
  hash = ((hash ^ (hash >> 29n)) * prime3) & mask
  return hash ^ (hash >> 32n)
}

export function crc32(bytes: Uint8Array): bigint {
  let value = 0xffffffffn
  for (const byte of bytes) {
    value ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) value = (value >> 1n) ^ (value & 1n ? 0xedb88320n : 0n)
  }
  return value ^ 0xffffffffn
}

function checksum(id: number, bytes: Uint8Array, seed: bigint): bigint {
  return id === 1 ? xxh64(bytes, seed) : crc32(new Uint8Array([...toBytes(seed, 8), ...bytes]))
}

/** Any frame at all, valid or not, with checksums that verify. */
export interface RawFrame {
  readonly payload: Uint8Array
  readonly sequence: bigint
  readonly timestamp?: bigint
  /** In bytes. */
  readonly durableEnd?: number
  readonly type?: number
  readonly flags?: number
  readonly version?: number
  /** How long the header says that the payload is, if not as long as it is. */
  readonly claims?: number
  /** Bits to invert in the payload checksum. */
  readonly damage?: bigint
}

export interface Life {
  readonly id: number
  readonly salt: bigint
}

export function buildFrame(frame: RawFrame, position: number, life: Life): Uint8Array {
  const { payload } = frame
  const header = new Uint8Array([
    ...toBytes(BigInt(frame.claims ?? payload.length), 4),
    ...toBytes(frame.sequence, 8),
    ...toBytes(frame.timestamp ?? 0n, 8),
    ...toBytes(checksum(life.id, payload, life.salt) ^ (frame.damage ?? 0n), 8),
    ...toBytes(BigInt((frame.durableEnd ?? 0) / 8), 4),
    ...toBytes(BigInt(frame.type ?? 0), 2),
    frame.flags ?? 0,
    frame.version ?? 1,
  ])
  const sum = checksum(life.id, header, (life.salt + BigInt(position)) & mask)
  const padding = new Uint8Array((8 - (payload.length % 8)) % 8)
  return new Uint8Array([...toBytes(sum & 0xffffffffn, 4), ...header, ...payload, ...padding])
}

export function joinFrames(frames: readonly RawFrame[], position: number, life: Life): Uint8Array<ArrayBuffer> {
  const bytes: number[] = []
  for (const frame of frames) bytes.push(...buildFrame(frame, position + bytes.length, life))
  return new Uint8Array(bytes)
}

export interface NaiveState {
  position: number
  unitPosition: number
  limit: number
  lastSequence: number
  lastTimestamp: number
  insideBatch: boolean
  lastControl: number
  records: number
  frames: number
  durableEnd: number
  chainLow: number
  chainHigh: number
  needed: number
}

const imul = (a: bigint, b: bigint): bigint => (a * b) & 0xffffffffn
const turn32 = (value: bigint, bits: bigint): bigint => ((value << bits) | (value >> (32n - bits))) & 0xffffffffn

export function naiveFold(low: bigint, high: bigint, sum: bigint): { low: bigint; high: bigint } {
  const x = imul(low ^ sum, 0x9e3779b1n)
  const y = (high + turn32(x, 13n)) & 0xffffffffn
  return { low: x ^ turn32(y, 17n), high: imul(y, 0x85ebca77n) }
}

/** The names of what can stop a scan, by number. */
export const stopNames = ['end', 'partial', 'header', 'payload', 'unsupported', 'order', 'limit'] as const

export function naiveScan(bytes: Uint8Array, state: NaiveState, life: Life): (typeof stopNames)[number] {
  const start = state.position
  state.needed = 0
  for (;;) {
    const rest = bytes.slice(state.position - start)
    if (rest.length === 0 || state.position === state.limit) return 'end'
    if (state.limit - state.position < 40) return 'header'
    if (rest.length < 40) return 'partial'
    const field = (at: number, length: number): bigint => littleEndian(rest.subarray(at, at + length))
    const sum = checksum(life.id, rest.slice(4, 40), (life.salt + BigInt(state.position)) & mask) & 0xffffffffn
    if (sum !== field(0, 4)) return 'header'
    const flags = Number(field(38, 1))
    const type = Number(field(36, 2))
    const control = flags % 2 === 1
    if (field(39, 1) !== 1n || flags > 3 || (control && (type < 1 || type > 6))) return 'unsupported'
    const largest = (1n << 53n) - 1n
    if (field(8, 8) > largest || field(16, 8) > largest) return 'unsupported'
    const length = Number(field(4, 4))
    const size = 40 + length + ((8 - (length % 8)) % 8)
    if (state.position + size > state.limit) return 'limit'
    const sequence = Number(field(8, 8))
    const timestamp = Number(field(16, 8))
    const durableEnd = Number(field(32, 4)) * 8
    const allowed = [
      sequence === state.lastSequence + (control ? 0 : 1),
      timestamp >= state.lastTimestamp,
      durableEnd <= state.position,
      !(control && state.insideBatch),
      !(control && flags >= 2),
      state.lastControl !== 1 && state.lastControl !== 6,
    ]
    if (allowed.includes(false)) return 'order'
    state.durableEnd = Math.max(state.durableEnd, durableEnd)
    if (rest.length < size) {
      state.needed = size
      return 'partial'
    }
    if (checksum(life.id, rest.slice(40, 40 + length), life.salt) !== field(24, 8)) return 'payload'
    if (rest.slice(40 + length, size).some((byte) => byte !== 0)) return 'payload'
    state.position += size
    state.insideBatch = flags >= 2
    state.lastControl = control ? type : 0
    if (!state.insideBatch && state.lastControl !== 6) state.unitPosition = state.position
    state.lastSequence = sequence
    state.lastTimestamp = timestamp
    state.frames += 1
    if (!control) state.records += 1
    if (state.lastControl === 1 || state.lastControl === 6) continue
    const next = naiveFold(BigInt(state.chainLow), BigInt(state.chainHigh), sum)
    state.chainLow = Number(next.low)
    state.chainHigh = Number(next.high)
  }
}
