import { copyOf, viewOf } from './bytes.ts'
import type { VarveError } from './errors.ts'
import { checkFileHeader, fileMagic, headerChecksumInto, headerField, logIdBytes } from './file-header.ts'
import { readNumber } from './frame.ts'
import type { FileHeader } from './header.ts'
import { type ChecksumId, fileHeaderBytes, type FileKind, formatMajor, formatMinor } from './layout.ts'
import { wordFromBytes } from './word.ts'

/** What {@link decodeFileHeader} found. Bytes are never a reason to throw. */
export type HeaderResult =
  | { readonly kind: 'header'; readonly header: FileHeader }
  /** Fewer bytes than the header has. */
  | { readonly kind: 'short'; readonly needed: typeof fileHeaderBytes }
  /** Not ours, or damaged. `reason` is for people. */
  | { readonly kind: 'not-a-header'; readonly reason: string }
  /** Intact, and written by a newer version or with features that this one does not know. */
  | {
      readonly kind: 'unsupported'
      readonly major: number
      readonly minor: number
      /** The required-feature bits of the file. This version knows none. */
      readonly requiredFeatures: number
    }

/** Required-feature bits that this version knows: none yet. */
const featuresKnown = 0

/**
 * Reads the header that `bytes` begin with. The positions of magic, versions and checksum are the same in every major
 * version, so a newer one is told from damage. A newer minor version without unknown required features is accepted.
 * The rest of the header's block is not looked at.
 *
 * @example
 * const result = decodeFileHeader(bytes)
 * if (result.kind === 'header') console.log(result.header.firstSequence)
 */
export function decodeFileHeader(bytes: Uint8Array): HeaderResult {
  if (bytes.length < fileHeaderBytes) return { kind: 'short', needed: fileHeaderBytes }
  const own = copyOf(bytes, 0, fileHeaderBytes)
  const view = viewOf(own)
  if (fileMagic.some((byte, at) => own[at] !== byte)) return notAHeader('the magic number is missing')
  const sum = new Uint32Array(2)
  headerChecksumInto(view, sum)
  const stored = wordFromBytes(own, headerField.headerChecksum)
  if (stored.low !== sum[0] || stored.high !== sum[1]) return notAHeader('the checksum of the header does not match')

  const major = view.getUint16(headerField.major, true)
  const requiredFeatures = view.getUint16(headerField.requiredFeatures, true)
  if (major > formatMajor || (requiredFeatures & ~featuresKnown) !== 0) {
    return { kind: 'unsupported', major, minor: view.getUint16(headerField.minor, true), requiredFeatures }
  }
  if (major < formatMajor) return notAHeader(`there is no format ${major}`)
  // A newer minor may have put something there that this one can do without.
  const isKnownMinor = view.getUint16(headerField.minor, true) <= formatMinor
  if (isKnownMinor && own.subarray(headerField.reserved, headerField.headerChecksum).some((byte) => byte !== 0)) {
    return notAHeader('reserved bytes are not zero')
  }
  return checked(readFields(own, view))
}

function notAHeader(reason: string): HeaderResult {
  return { kind: 'not-a-header', reason }
}

function checked(header: FileHeader): HeaderResult {
  try {
    checkFileHeader(header)
  } catch (error) {
    return notAHeader((error as VarveError).message)
  }
  return { kind: 'header', header }
}

/** The ids are checked with everything else afterwards. */
function readFields(bytes: Uint8Array, view: DataView): FileHeader {
  return {
    kind: bytes[headerField.kind] as FileKind,
    checksum: bytes[headerField.checksum] as ChecksumId,
    logId: copyOf(bytes, headerField.logId, headerField.logId + logIdBytes),
    salt: wordFromBytes(bytes, headerField.salt),
    firstSequence: readNumber(view, headerField.firstSequence),
    lastTimestamp: readNumber(view, headerField.lastTimestamp),
    segmentIndex: view.getUint32(headerField.segmentIndex, true),
    blockBytes: view.getUint32(headerField.blockBytes, true),
    capacity: readNumber(view, headerField.capacity),
    chain: wordFromBytes(bytes, headerField.chain),
    epoch: readNumber(view, headerField.epoch),
    bornEnd: view.getUint32(headerField.bornEnd, true) * 8,
    cut: view.getUint32(headerField.cut, true) * 8,
  }
}
