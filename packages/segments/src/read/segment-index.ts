import type { Kernel } from '@varve/codec'
import type { LogFile, Procedure } from '@varve/storage'
import { decodeSeal, type IndexEntry } from '../format/seal.ts'
import { trailerBytes } from '../format/trailer.ts'
import type { Segment } from '../segment.ts'
import { FrameReader } from './frame-reader.ts'
import { FrameWalker } from './frame-walker.ts'

/**
 * The sparse index of a segment. That of a sealed one is read from its SEAL each time a reader enters it in the middle:
 * kept in memory, the indexes of a large log would be the largest thing there. Empty where there is none to be had.
 */
export function* sparseIndexOf(segment: Segment, file: LogFile, kernel: Kernel): Procedure<readonly IndexEntry[]> {
  const { name, header, end, lastSequence, sparseIndex, state } = segment
  if (sparseIndex !== undefined || state !== 'sealed') return sparseIndex ?? []
  const limit = header.capacity - trailerBytes
  const start = { position: end, limit, lastSequence, lastTimestamp: 0, chain: header.chain }
  const run = yield* new FrameReader(file, name, header, start, kernel).next()
  if (run === undefined) return []
  const walker = new FrameWalker(run)
  walker.next()
  return decodeSeal(walker.payload)?.index ?? []
}
