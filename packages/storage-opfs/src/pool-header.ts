import { sameWord, VarveError, viewOf, wordFromBytes, wordToBytes, xxh64, type Word64 } from '@varve/codec'

/** Bytes of one copy of the header: one sector, so that a device writes it as one. */
export const headerBytes = 512
/** The copies lie in blocks of their own, so that no write touches the block of another. */
export const slotStride = 4096
export const slotCount = 3
/** Where the content of a physical file begins. */
export const contentStart = 16_384

const magic: readonly number[] = [0x93, 0x56, 0x50, 0x4f, 0x4f, 0x4c, 0x0d, 0x0a]
const version = 1
const nameAt = 32
const nameBytesMax = 255
const checksumAt = headerBytes - 8
const isNamedFlag = 1
const isConfirmedFlag = 2
const isSettledFlag = 4

/** What one copy of the header of a physical file says. */
export interface PoolHeader {
  /** Higher than that of any header written before it in the pool: of two that claim a name, the higher has it. */
  readonly generation: number
  /** The name that the log knows the file by; undefined if the file is free. */
  readonly name: string | undefined
  /** When this copy was written, the copy of the generation before it, which says the same, was durable. */
  readonly isConfirmed: boolean
  /** When this copy was written, the physical file had been there for so long that its own name was durable. */
  readonly isSettled: boolean
}

/** What stands in the place of a copy. */
export type FoundHeader = PoolHeader | 'blank' | 'invalid'

/** The bytes of a copy, for slot `slot` of the physical file number `file`, which its checksum binds it to. */
export function encodePoolHeader(header: PoolHeader, file: number, slot: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(headerBytes)
  const view = viewOf(bytes)
  bytes.set(magic)
  view.setUint16(8, version, true)
  const { name, isConfirmed, isSettled } = header
  bytes[10] =
    (name === undefined ? 0 : isNamedFlag) | (isConfirmed ? isConfirmedFlag : 0) | (isSettled ? isSettledFlag : 0)
  view.setUint32(12, name?.length ?? 0, true)
  view.setBigUint64(16, BigInt(header.generation), true)
  for (let at = 0; at < (name?.length ?? 0); at += 1) bytes[nameAt + at] = name?.charCodeAt(at) ?? 0
  bytes.set(wordToBytes(checksumOf(bytes, file, slot)), checksumAt)
  return bytes
}

/**
 * Reads a copy.
 *
 * @throws VarveError `UNSUPPORTED_FORMAT` when a newer version wrote it: nothing of the pool may be touched then.
 */
export function decodePoolHeader(bytes: Uint8Array<ArrayBuffer>, file: number, slot: number): FoundHeader {
  if (bytes.every((byte) => byte === 0)) return 'blank'
  if (bytes.length < headerBytes || magic.some((byte, at) => bytes[at] !== byte)) return 'invalid'
  if (!sameWord(wordFromBytes(bytes, checksumAt), checksumOf(bytes, file, slot))) return 'invalid'
  const view = viewOf(bytes)
  const found = view.getUint16(8, true)
  if (found !== version) throw newer(found)
  const flags = view.getUint8(10)
  const length = view.getUint32(12, true)
  const generation = Number(view.getBigUint64(16, true))
  if (length > nameBytesMax || !Number.isSafeInteger(generation)) return 'invalid'
  const name = (flags & isNamedFlag) === 0 ? undefined : text(bytes.subarray(nameAt, nameAt + length))
  const isConfirmed = (flags & isConfirmedFlag) !== 0
  return { generation, name, isConfirmed, isSettled: (flags & isSettledFlag) !== 0 }
}

function text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}

function checksumOf(bytes: Uint8Array, file: number, slot: number): Word64 {
  return xxh64(bytes.subarray(0, checksumAt), { low: file, high: slot })
}

function newer(found: number): VarveError {
  const message = `the pool has headers of version ${found}, this library knows ${version}: use a newer one`
  return new VarveError('UNSUPPORTED_FORMAT', message, { found, known: version })
}
