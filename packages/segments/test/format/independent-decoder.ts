/*
 * A decoder of format 1 written from docs/FORMAT.md alone. It shares no code with any package, on purpose: what it and
 * the real code agree on is what the page says. Plain, slow, BigInt; section numbers are those of the page.
 */
import { Buffer } from 'node:buffer'
import { crc32, xxh64 } from './independent-checksums.ts'

export interface Header {
  readonly kind: number
  readonly checksum: number
  readonly logId: string
  readonly salt: bigint
  readonly firstSequence: number
  readonly lastTimestamp: number
  readonly index: number
  readonly blockBytes: number
  readonly capacity: number
  readonly chain: bigint
  readonly epoch: number
  readonly bornEnd: number
  readonly cut: number
}

export interface Frame {
  readonly offset: number
  /** Header, payload and the zeros behind it. */
  readonly size: number
  readonly sequence: number
  readonly timestamp: number
  readonly type: number
  readonly isControl: boolean
  readonly continues: boolean
  readonly durableEnd: number
  readonly payload: Buffer
}

export interface Seal {
  readonly records: number
  readonly lastSequence: number
  readonly lastTimestamp: number
  readonly endOffset: number
  readonly chain: bigint
  readonly floor: number
  readonly index: readonly { readonly sequence: number; readonly offset: number }[]
  readonly checkpoints: Buffer
}

/** Where and why a scan stopped. */
export type Stop = 'limit' | 'end-of-file' | 'header' | 'unsupported' | 'too-long' | 'order' | 'payload'

export interface Scan {
  readonly frames: readonly Frame[]
  readonly stop: Stop
  readonly badPlace: number
  /** Behind the last whole unit, in front of a MARK. */
  readonly validEnd: number
  readonly insideBatch: boolean
  readonly chain: bigint
  readonly lastSequence: number
  readonly lastTimestamp: number
}

export const controlTypes = { seal: 1, close: 2, checkpoint: 3, floor: 4, pad: 5, mark: 6 } as const

const magic = Buffer.from([0x93, 0x56, 0x41, 0x52, 0x56, 0x45, 0x0d, 0x0a])
const headerBytes = 128
const frameHeaderBytes = 40
const numberMax = BigInt(Number.MAX_SAFE_INTEGER)

/** The reason why the bytes are not of this format, or not in order; `code` is that of the page. */
export class Refusal extends Error {
  readonly code: string

  constructor(code: string, reason: string) {
    super(`${code}: ${reason}`)
    this.code = code
  }
}

/** Section 3. */
export function decodeHeader(file: Buffer): Header {
  if (file.length < headerBytes || !file.subarray(0, 8).equals(magic)) throw new Refusal('NOT_A_LOG', 'no magic')
  if (xxh64(file.subarray(0, 120), 0n) !== file.readBigUInt64LE(120)) throw new Refusal('NOT_A_LOG', 'header checksum')
  const major = file.readUInt16LE(8)
  if (major > 1 || file.readUInt16LE(14) !== 0) throw new Refusal('UNSUPPORTED_FORMAT', `major ${major}`)
  const header: Header = {
    kind: file.readUInt8(12),
    checksum: file.readUInt8(13),
    logId: file.toString('hex', 16, 32),
    salt: file.readBigUInt64LE(32),
    firstSequence: numberAt(file, 40),
    lastTimestamp: numberAt(file, 48),
    index: file.readUInt32LE(56),
    blockBytes: file.readUInt32LE(60),
    capacity: numberAt(file, 64),
    chain: file.readBigUInt64LE(72),
    epoch: numberAt(file, 80),
    bornEnd: file.readUInt32LE(88) * 8,
    cut: file.readUInt32LE(92) * 8,
  }
  const inRange =
    major === 1 &&
    [1, 2, 3].includes(header.kind) &&
    [1, 2].includes(header.checksum) &&
    header.firstSequence >= 1 &&
    Number.isInteger(Math.log2(header.blockBytes)) && header.blockBytes >= 128 && header.blockBytes <= 65_536 &&
    header.capacity % 8 === 0 && header.capacity >= header.blockBytes && header.capacity <= 2 ** 35 - 8 &&
    file.subarray(96, 120).every((byte) => byte === 0)
  if (!inRange) throw new Refusal('NOT_A_LOG', 'a header field is out of its range')
  return header
}

/** Section 5, from the end of the header block up to `limit`. */
export function scan(file: Buffer, header: Header, limit: number): Scan {
  const frames: Frame[] = []
  let chain = header.chain
  let offset = header.blockBytes
  let validEnd = offset
  let lastSequence = header.firstSequence - 1
  let lastTimestamp = header.lastTimestamp
  let insideBatch = false
  let stop: Stop | undefined
  while (stop === undefined) {
    const before = { lastSequence, lastTimestamp, insideBatch, last: frames.at(-1) }
    const next = frameAt(file, header, offset, limit, before)
    if (typeof next === 'string') {
      stop = next
      break
    }
    frames.push(next)
    const isMark = next.isControl && next.type === controlTypes.mark
    const isSeal = next.isControl && next.type === controlTypes.seal
    if (!isMark && !isSeal) chain = fold(chain, file.readUInt32LE(offset))
    offset += next.size
    lastSequence = next.sequence
    lastTimestamp = next.timestamp
    insideBatch = next.continues
    if (!insideBatch && !isMark) validEnd = offset
  }
  return { frames, stop, badPlace: offset, validEnd, insideBatch, chain, lastSequence, lastTimestamp }
}

interface Before {
  readonly lastSequence: number
  readonly lastTimestamp: number
  readonly insideBatch: boolean
  readonly last: Frame | undefined
}

/** The five steps of section 5. */
function frameAt(file: Buffer, header: Header, offset: number, limit: number, before: Before): Frame | Stop {
  if (offset === limit) return 'limit'
  if (offset + frameHeaderBytes > limit) return 'header'
  if (offset + frameHeaderBytes > file.length) return 'end-of-file'
  if (!headerVerifies(file, header, offset)) return 'header'
  if (!isKnown(file, offset)) return 'unsupported'
  const isCountable = [8, 16].every((at) => file.readBigUInt64LE(offset + at) <= numberMax)
  if (!isCountable) return 'unsupported'
  const payloadBytes = file.readUInt32LE(offset + 4)
  const size = frameHeaderBytes + Math.ceil(payloadBytes / 8) * 8
  if (offset + size > limit) return 'too-long'
  const flags = file.readUInt8(offset + 38)
  const payloadAt = offset + frameHeaderBytes
  const frame: Frame = {
    offset,
    size,
    sequence: numberAt(file, offset + 8),
    timestamp: numberAt(file, offset + 16),
    type: file.readUInt16LE(offset + 36),
    isControl: (flags & 1) !== 0,
    continues: (flags & 2) !== 0,
    durableEnd: file.readUInt32LE(offset + 32) * 8,
    payload: file.subarray(payloadAt, payloadAt + payloadBytes),
  }
  if (!mayFollow(frame, before)) return 'order'
  if (offset + size > file.length) return 'end-of-file'
  const padding = file.subarray(payloadAt + payloadBytes, offset + size)
  if (padding.some((byte) => byte !== 0)) return 'payload'
  return sum(header, frame.payload, header.salt) === file.readBigUInt64LE(offset + 24) ? frame : 'payload'
}

function mayFollow(frame: Frame, before: Before): boolean {
  const { last } = before
  if (last?.isControl === true && (last.type === controlTypes.seal || last.type === controlTypes.mark)) return false
  if (frame.timestamp < before.lastTimestamp || frame.durableEnd > frame.offset) return false
  if (!frame.isControl) return frame.sequence === before.lastSequence + 1
  return frame.sequence === before.lastSequence && !before.insideBatch && !frame.continues
}

function headerVerifies(file: Buffer, header: Header, offset: number): boolean {
  const seed = BigInt.asUintN(64, header.salt + BigInt(offset))
  const expected = BigInt.asUintN(32, sum(header, file.subarray(offset + 4, offset + frameHeaderBytes), seed))
  return expected === BigInt(file.readUInt32LE(offset))
}

function isKnown(file: Buffer, offset: number): boolean {
  const type = file.readUInt16LE(offset + 36)
  const flags = file.readUInt8(offset + 38)
  const isKnownType = (flags & 1) === 0 || (type >= 1 && type <= 6)
  return file.readUInt8(offset + 39) === 1 && flags <= 3 && isKnownType
}

/** Section 10: the largest durable end that a header from `from` on proves. */
export function durableEndBehind(file: Buffer, header: Header, from: number): number {
  let durableEnd = 0
  for (let offset = from; offset + frameHeaderBytes <= file.length; offset += 8) {
    if (!isKnown(file, offset)) continue
    const claimed = file.readUInt32LE(offset + 32) * 8
    if (claimed <= offset && headerVerifies(file, header, offset)) durableEnd = Math.max(durableEnd, claimed)
  }
  return durableEnd
}

/** Section 4. */
function sum(header: Header, bytes: Buffer, seed: bigint): bigint {
  if (header.checksum === 1) return xxh64(bytes, seed)
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(seed)
  return BigInt(crc32(Buffer.concat([prefix, bytes])))
}

/** Section 7. */
function fold(chain: bigint, headerChecksum: number): bigint {
  const half = 0xffff_ffffn
  const rotl = (value: bigint, bits: bigint): bigint => ((value << bits) | (value >> (32n - bits))) & half
  const a = (((chain & half) ^ BigInt(headerChecksum)) * 0x9e3779b1n) & half
  const b = ((chain >> 32n) + rotl(a, 13n)) & half
  return (((b * 0x85ebca77n) & half) << 32n) | (a ^ rotl(b, 17n))
}

/** Section 6. */
export function decodeSeal(payload: Buffer): Seal {
  const checkpointBytes = payload.readUInt32LE(48)
  const entries = payload.readUInt32LE(52)
  const listAt = 56 + entries * 16
  if (listAt + checkpointBytes !== payload.length) throw new Refusal('CORRUPT', 'the lengths in a SEAL do not add up')
  const floor = numberAt(payload, 40)
  if (floor < 1 || !Number.isSafeInteger(floor)) throw new Refusal('CORRUPT', 'the floor in a SEAL is none')
  const index = Array.from({ length: entries }, (_, entry) => ({
    sequence: numberAt(payload, 56 + entry * 16),
    offset: numberAt(payload, 64 + entry * 16),
  }))
  return {
    records: numberAt(payload, 0),
    lastSequence: numberAt(payload, 8),
    lastTimestamp: numberAt(payload, 16),
    endOffset: numberAt(payload, 24),
    chain: payload.readBigUInt64LE(32),
    floor,
    index,
    checkpoints: payload.subarray(listAt),
  }
}

/** Section 6: the offset of the SEAL that the trailer points at; undefined when it is no trailer of this file. */
export function decodeTrailer(file: Buffer, header: Header): number | undefined {
  const trailer = file.subarray(header.capacity - 64, header.capacity)
  if (trailer.length < 64 || trailer.toString('latin1', 0, 8) !== 'VARVSEAL') return undefined
  if (xxh64(trailer.subarray(0, 56), header.salt) !== trailer.readBigUInt64LE(56)) return undefined
  return numberAt(trailer, 8)
}

function numberAt(bytes: Buffer, offset: number): number {
  return Number(bytes.readBigUInt64LE(offset))
}
