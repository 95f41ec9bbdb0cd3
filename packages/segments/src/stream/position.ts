import { VarveError, wordToHex, type FileHeader, type Word64 } from '@varve/codec'

/**
 * A place in the bytes of a log. Only numbers and text, so that it can travel as JSON. What is given beside segment and
 * offset is compared with what the log has there.
 */
export interface StreamStart {
  /** Index of a segment. */
  readonly segment: number
  /** Bytes from the beginning of its file: 0, or where a frame begins or the last one ends. */
  readonly offset: number
  /** Id of the log, 32 hexadecimal digits. */
  readonly logId?: string
  /** Salt of the segment's file, 16 hexadecimal digits. */
  readonly salt?: string
  /** Chain digest of everything before the place, 16 hexadecimal digits. */
  readonly digest?: string
}

/** A place as a stream or a replica tells it; without a salt it is the beginning of a segment that has not come yet. */
export interface StreamPosition extends StreamStart {
  readonly logId: string
  readonly digest: string
}

/** A piece of a log, as it stands in the file. */
export interface StreamChunk {
  /** Where the bytes stand. */
  readonly from: StreamPosition
  /** What comes next, but for the zeros before a trailer, and for a segment that ends without one. */
  readonly to: StreamPosition
  /** A header block, whole frames, or a trailer. Valid for ever. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** The place in a file of this header, with the digest of all frames before it. */
export function positionOf(header: FileHeader, offset: number, digest: Word64): StreamPosition {
  const { segmentIndex: segment, logId, salt } = header
  return { segment, offset, logId: bytesToHex(logId), salt: wordToHex(salt), digest: wordToHex(digest) }
}

/** The beginning of the segment behind the one of this header, which is complete. */
export function behind({ segmentIndex, logId }: FileHeader, digest: Word64): StreamPosition {
  return { segment: segmentIndex + 1, offset: 0, logId: bytesToHex(logId), digest: wordToHex(digest) }
}

export function bytesToHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** @throws VarveError `INVALID_ARGUMENT` */
export function checkStart({ segment, offset }: StreamStart): void {
  if (Number.isSafeInteger(segment) && segment >= 1 && Number.isSafeInteger(offset) && offset >= 0) return
  const message = `segment ${segment}, offset ${offset} is no place in a log; use what a stream or a replica gave`
  throw new VarveError('INVALID_ARGUMENT', message, { segment, offset })
}

/** What the log has at a place is not what whoever asks for it has there. */
export function diverged(place: StreamStart, what: string): VarveError {
  const { segment, offset } = place
  return new VarveError(
    'FOREIGN_FILE',
    `segment ${segment}, offset ${offset}: ${what}; the two are no copies of each other: begin a new copy in an ` +
      'empty directory, or go on from the log that this one was copied from',
    { segment, offset },
  )
}

/** @throws VarveError `FOREIGN_FILE` unless `header` is of the log that `place` lies in. */
export function checkLog(place: StreamStart, header: FileHeader): void {
  const { logId } = place
  if (logId !== undefined && logId !== bytesToHex(header.logId)) throw diverged(place, 'it belongs to another log')
}

/** @throws VarveError `FOREIGN_FILE` unless `header` is that of the file that `place` lies in. */
export function checkLife(place: StreamStart, header: FileHeader): void {
  checkLog(place, header)
  const { salt } = place
  if (salt !== undefined && salt !== wordToHex(header.salt)) throw diverged(place, 'the segment was born another time')
}

/** @throws VarveError `FOREIGN_FILE` unless `digest` is that of `place`, if it has one. */
export function checkDigest(place: StreamStart, digest: Word64): void {
  if (place.digest === undefined || place.digest === wordToHex(digest)) return
  throw diverged(place, 'what comes before it differs')
}

