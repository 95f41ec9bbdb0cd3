import { viewOf, type Word64 } from '@varve/codec'
import { isFloor } from './floor.ts'
import { getNumber, getWord, putNumber, putWord } from './words.ts'

/** One entry of a sparse index: the record with this number begins at this offset of the segment. */
export interface IndexEntry {
  readonly sequence: number
  readonly offset: number
}

/** What a SEAL says of the segment that it closes. */
export interface Seal {
  readonly records: number
  readonly lastSequence: number
  readonly lastTimestamp: number
  /** Where the SEAL stands, in bytes: the end of all other frames. */
  readonly endOffset: number
  /** Chain digest over all frames before the SEAL. */
  readonly chain: Word64
  /** Oldest sequence number still promised. */
  readonly floor: number
  /** The payload of the latest CHECKPOINT record; empty when there was none. Only its writer understands it. */
  readonly checkpoints: Uint8Array<ArrayBuffer>
  /** Ascending. */
  readonly index: readonly IndexEntry[]
}

export const sealFixedBytes = 56
const entryBytes = 16

export function encodeSeal(seal: Seal): Uint8Array<ArrayBuffer> {
  const indexAt = sealFixedBytes
  const checkpointsAt = indexAt + seal.index.length * entryBytes
  const bytes = new Uint8Array(checkpointsAt + seal.checkpoints.length)
  const view = viewOf(bytes)
  putNumber(view, 0, seal.records)
  putNumber(view, 8, seal.lastSequence)
  putNumber(view, 16, seal.lastTimestamp)
  putNumber(view, 24, seal.endOffset)
  putWord(view, 32, seal.chain)
  putNumber(view, 40, seal.floor)
  view.setUint32(48, seal.checkpoints.length, true)
  view.setUint32(52, seal.index.length, true)
  seal.index.forEach((entry, at) => {
    putNumber(view, indexAt + at * entryBytes, entry.sequence)
    putNumber(view, indexAt + at * entryBytes + 8, entry.offset)
  })
  bytes.set(seal.checkpoints, checkpointsAt)
  return bytes
}

/** Undefined when the lengths inside do not add up, or the floor is none: then this format did not write it. */
export function decodeSeal(bytes: Uint8Array<ArrayBuffer>): Seal | undefined {
  if (bytes.length < sealFixedBytes) return undefined
  const view = viewOf(bytes)
  const checkpointBytes = view.getUint32(48, true)
  const entries = view.getUint32(52, true)
  const checkpointsAt = sealFixedBytes + entries * entryBytes
  const floor = getNumber(view, 40)
  if (checkpointsAt + checkpointBytes !== bytes.length || !isFloor(floor)) return undefined
  const index: IndexEntry[] = []
  for (let at = sealFixedBytes; at < checkpointsAt; at += entryBytes) {
    index.push({ sequence: getNumber(view, at), offset: getNumber(view, at + 8) })
  }
  return {
    records: getNumber(view, 0),
    lastSequence: getNumber(view, 8),
    lastTimestamp: getNumber(view, 16),
    endOffset: getNumber(view, 24),
    chain: getWord(view, 32),
    floor,
    checkpoints: bytes.slice(checkpointsAt),
    index,
  }
}
