import { viewOf } from './bytes.ts'
import { checkBytes, checkInteger, checkOneOf } from './check.ts'
import { writeNumber } from './frame.ts'
import type { FileHeader } from './header.ts'
import {
  blockBytesMax,
  blockBytesMin,
  capacityBytesMax,
  checksumId,
  fileKind,
  formatMajor,
  formatMinor,
  sequenceMax,
} from './layout.ts'
import { checkWord, halfRange, wordToBytes } from './word.ts'
import { xxh64Into } from './xxh64.ts'

/** `\x93VARVE\r\n`: not text, and a transfer that changes line ends breaks it. */
export const fileMagic: readonly number[] = [0x93, 0x56, 0x41, 0x52, 0x56, 0x45, 0x0d, 0x0a]

/** Where each field of a file header stands. */
export const headerField = {
  magic: 0,
  major: 8,
  minor: 10,
  kind: 12,
  checksum: 13,
  requiredFeatures: 14,
  logId: 16,
  salt: 32,
  firstSequence: 40,
  lastTimestamp: 48,
  segmentIndex: 56,
  blockBytes: 60,
  capacity: 64,
  chain: 72,
  epoch: 80,
  bornEnd: 88,
  cut: 92,
  reserved: 96,
  headerChecksum: 120,
} as const

export const logIdBytes = 16

const blockSizes: number[] = []
for (let size = blockBytesMin; size <= blockBytesMax; size *= 2) blockSizes.push(size)

/** XXH64, seed 0, of everything before the checksum of the header that `view` begins with; into `out`. */
export function headerChecksumInto(view: DataView, out: Uint32Array): void {
  xxh64Into(view, 0, headerField.headerChecksum, 0, 0, out)
}

/** Throws `INVALID_ARGUMENT`, naming the field, unless every field is in its range. */
export function checkFileHeader(header: FileHeader): void {
  checkOneOf('kind', header.kind, Object.values(fileKind))
  checkOneOf('checksum', header.checksum, Object.values(checksumId))
  checkBytes('logId', header.logId, logIdBytes)
  checkWord('salt', header.salt)
  checkWord('chain', header.chain)
  checkInteger('firstSequence', header.firstSequence, 1, sequenceMax)
  checkInteger('lastTimestamp', header.lastTimestamp, 0, sequenceMax)
  checkInteger('epoch', header.epoch, 0, sequenceMax)
  const isSegment = header.kind === fileKind.segment
  checkInteger('segmentIndex', header.segmentIndex, isSegment ? 1 : 0, isSegment ? halfRange - 1 : 0)
  checkOneOf('blockBytes', header.blockBytes, blockSizes)
  checkInteger('capacity', header.capacity, header.blockBytes, capacityBytesMax, 8)
  checkInteger('bornEnd', header.bornEnd, 0, header.capacity, 8)
  checkInteger('cut', header.cut, 0, capacityBytesMax, 8)
}

/**
 * The first block of a file: the header in its first 128 bytes, then zeros up to `header.blockBytes`.
 * Throws `INVALID_ARGUMENT`, naming the field, when one is out of range.
 */
export function encodeFileHeader(header: FileHeader): Uint8Array<ArrayBuffer> {
  checkFileHeader(header)
  const block = new Uint8Array(header.blockBytes)
  const view = viewOf(block)
  block.set(fileMagic, headerField.magic)
  view.setUint16(headerField.major, formatMajor, true)
  view.setUint16(headerField.minor, formatMinor, true)
  block[headerField.kind] = header.kind
  block[headerField.checksum] = header.checksum
  block.set(header.logId, headerField.logId)
  block.set(wordToBytes(header.salt), headerField.salt)
  writeNumber(view, headerField.firstSequence, header.firstSequence)
  writeNumber(view, headerField.lastTimestamp, header.lastTimestamp)
  view.setUint32(headerField.segmentIndex, header.segmentIndex, true)
  view.setUint32(headerField.blockBytes, header.blockBytes, true)
  writeNumber(view, headerField.capacity, header.capacity)
  block.set(wordToBytes(header.chain), headerField.chain)
  writeNumber(view, headerField.epoch, header.epoch)
  view.setUint32(headerField.bornEnd, header.bornEnd / 8, true)
  view.setUint32(headerField.cut, header.cut / 8, true)
  const sum = new Uint32Array(2)
  headerChecksumInto(view, sum)
  view.setUint32(headerField.headerChecksum, sum[0]!, true)
  view.setUint32(headerField.headerChecksum + 4, sum[1]!, true)
  return block
}
