import { frameBytes, frameHeaderBytes } from '@varve/codec'
import { sealFixedBytes } from './seal.ts'
import { trailerBytes } from './trailer.ts'

/** How the space of one segment is divided. All sizes in bytes. */

/** The most that the list of kept checkpoints may take in a SEAL. */
export const checkpointListBytesMax = 512

/** One entry of the sparse index for each such stretch, and never more than the maximum. */
const indexStrideBytesMin = 65_536
const indexEntriesMax = 1024
const indexEntryBytes = 16

export function sparseIndexEntries(capacity: number): number {
  return Math.min(indexEntriesMax, Math.floor(capacity / indexStrideBytesMin))
}

/** Distance in bytes between two entries of the sparse index. */
export function indexStrideBytes(capacity: number): number {
  return Math.max(indexStrideBytesMin, Math.ceil(capacity / indexEntriesMax))
}

/** Room kept free for SEAL and trailer. It depends on the capacity alone, so that rollover is deterministic. */
export function sealReserveBytes(capacity: number): number {
  const payload = sealFixedBytes + checkpointListBytesMax + sparseIndexEntries(capacity) * indexEntryBytes
  return frameBytes(payload) + trailerBytes
}

/** How commits are laid out: frame after frame, or each filled up to a whole block. */
export type CommitAlignment = 'frame' | 'block'

/**
 * Where the writer stands after content that ends at `position`: the same place, or behind the PAD that fills the
 * block. A PAD needs room for its own header, so a smaller rest takes the next block as well.
 */
export function paddedEnd(position: number, blockBytes: number, alignment: CommitAlignment): number {
  if (alignment === 'frame') return position
  const end = Math.ceil(position / blockBytes) * blockBytes
  return end === position || end - position >= frameHeaderBytes ? end : end + blockBytes
}

/** The offset in a segment behind which no frame but the SEAL may end. */
export function contentLimit(capacity: number): number {
  return capacity - sealReserveBytes(capacity)
}

/** The most bytes of frames that one batch, or one record, may take in a segment of this capacity. */
export function unitBytesMax(capacity: number, blockBytes: number, alignment: CommitAlignment): number {
  const room = contentLimit(capacity) - blockBytes
  return alignment === 'frame' ? room : Math.floor(room / blockBytes) * blockBytes - frameHeaderBytes
}

/** A capacity of at least `segmentBytes` into which `contentBytes` of frames fit, behind the header block. */
export function capacityFor(contentBytes: number, segmentBytes: number, blockBytes: number): number {
  let capacity = segmentBytes
  while (contentLimit(capacity) - blockBytes < contentBytes) {
    capacity += Math.ceil((blockBytes + contentBytes - contentLimit(capacity)) / blockBytes) * blockBytes
  }
  return capacity
}
