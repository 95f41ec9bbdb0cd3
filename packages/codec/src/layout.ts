/** The numbers of format 1, in one place. `docs/FORMAT.md` explains each. All offsets and sizes are in bytes. */

export const formatMajor = 1
export const formatMinor = 0

/** The part of the header block that is used; the rest of the block is zeros. */
export const fileHeaderBytes = 128
export const blockBytesMin = 128
export const blockBytesMax = 65_536
export const blockBytesDefault = 4096
/** Offsets are stored divided by eight in 32 bits. */
export const capacityBytesMax: number = 2 ** 35 - 8

export const frameHeaderBytes = 40
export const frameAlignment = 8
export const frameVersion = 1

/** Where each field of a frame header stands, from the frame's first byte. */
export const frameField = {
  headerChecksum: 0,
  payloadBytes: 4,
  sequence: 8,
  timestamp: 16,
  payloadChecksum: 24,
  durableEnd: 32,
  type: 36,
  flags: 38,
  version: 39,
} as const

/** Frame flags, a bit each. */
export const frameFlag = {
  /** A control record: it belongs to the log itself and uses up no sequence number. */
  control: 1,
  /** More records of the same batch follow. */
  batchContinues: 2,
} as const
export const frameFlagsKnown = 3

/** Record types of control records. */
export const controlType = { seal: 1, close: 2, checkpoint: 3, floor: 4, pad: 5, mark: 6 } as const
export const controlTypeMax = 6

export const fileKind = { segment: 1, recordFile: 2, checkpoint: 3, position: 4 } as const
export type FileKind = (typeof fileKind)[keyof typeof fileKind]

export const checksumId = { xxh64: 1, crc32: 2 } as const
export type ChecksumId = (typeof checksumId)[keyof typeof checksumId]

/** Sequence numbers and timestamps are stored in 64 bits and limited to safe integers. */
export const sequenceMax: number = Number.MAX_SAFE_INTEGER

/** The size of a frame on disk: header, payload, zeros up to a multiple of eight. */
export function frameBytes(payloadBytes: number): number {
  // Whole numbers all the way: a division would make a floating-point number of each size, on the heap.
  return frameHeaderBytes + payloadBytes + (-payloadBytes & (frameAlignment - 1))
}
