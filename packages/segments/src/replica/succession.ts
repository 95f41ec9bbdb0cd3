import { sameWord, type FileHeader, type ScanState } from '@varve/codec'
import type { Procedure } from '@varve/storage'
import { sameBytes } from '../format/words.ts'
import { FrameReader, startOfFile } from '../read/frame-reader.ts'
import { reading } from '../read/reading.ts'
import { diverged } from '../stream/position.ts'
import type { Filling, ReceiverParts } from './filling.ts'
import { outOfOrder } from './incoming.ts'
import { beginsWith } from './same-records.ts'

/**
 * Holds the header of the next segment against the one before it, which is all here: same log, next index, and it goes
 * on exactly where that one ends, or where its own cut says that it ends.
 *
 * @throws VarveError `INVALID_ARGUMENT` when something between them is missing; `FOREIGN_FILE` when they do not belong
 * together.
 */
export function* checkSuccession(before: Filling, header: FileHeader, parts: ReceiverParts): Procedure<void> {
  const { segmentIndex: segment, cut } = header
  const { progress, header: own } = before
  const { scan } = progress
  if (segment !== own.segmentIndex + 1) throw outOfOrder(segment, 0, `segment ${own.segmentIndex + 1} comes next`)
  if (cut === 0 ? !progress.isWhole : cut > scan.position) {
    throw outOfOrder(segment, 0, `segment ${own.segmentIndex} is not complete, it ends at ${scan.position}`)
  }
  const end = cut === 0 || cut === scan.position ? scan : yield* scanTo(cut, before, parts)
  const agrees =
    sameBytes(header.logId, own.logId) &&
    header.epoch >= own.epoch &&
    (cut === 0 || (end.position === cut && !end.insideBatch)) &&
    header.firstSequence === end.lastSequence + 1 &&
    header.lastTimestamp === end.lastTimestamp &&
    sameWord(header.chain, { low: end.chainLow, high: end.chainHigh })
  if (!agrees) throw diverged({ segment, offset: 0 }, 'it does not go on where the replica ends')
}

function* scanTo(cut: number, { file, name, header }: Filling, parts: ReceiverParts): Procedure<ScanState> {
  return yield* parts.buffers.lend(function* (kernel) {
    const reader = new FrameReader(file, name, header, startOfFile(header, cut), kernel)
    while ((yield* reader.next()) !== undefined) yield* parts.runtime.turn()
    return reader.state
  })
}

/**
 * Whether `next`, as far as it was born, holds all records of `before` that lie above its cut. They are void from now
 * on, and a replica loses nothing that it had.
 */
export function* carriesOver(next: Filling, before: Filling, parts: ReceiverParts): Procedure<boolean> {
  const { header, name, progress } = next
  const { cut, bornEnd } = header
  const { position } = before.progress.scan
  if (cut === 0 || cut === position) return true
  const { buffers, runtime, storage } = parts
  const kernel = buffers.take()
  const start = { ...startOfFile(header, position), position: cut }
  const expected = new FrameReader(before.file, before.name, before.header, start, kernel)
  const carries = yield* reading(storage, name, (file) =>
    buffers.lend((other) => {
      const limit = Math.min(bornEnd, progress.scan.position)
      const found = new FrameReader(file, name, header, startOfFile(header, limit), other)
      return beginsWith(found, expected, runtime)
    }),
  )
  buffers.give(kernel)
  return carries
}
