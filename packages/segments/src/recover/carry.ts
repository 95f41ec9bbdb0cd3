import type { Kernel } from '@varve/codec'
import type { Procedure, Runtime } from '@varve/storage'
import type { SparseIndex } from '../format/sparse-index.ts'
import type { FrameReader, FrameRun } from '../read/frame-reader.ts'
import { FrameWalker } from '../read/frame-walker.ts'
import type { FrameWriter } from '../write/frame-writer.ts'

/**
 * Writes the records that `reader` yields again, reframed for their new file. Control records are left out: a PAD
 * fills a block of the old file, a CLOSE or SEAL ends it, and what the others say is said again by the caller.
 */
export function* carry(
  reader: FrameReader,
  writer: FrameWriter,
  index: SparseIndex,
  runtime: Runtime,
): Procedure<void> {
  const batch = { insideBatch: false }
  for (let run = yield* reader.next(); run !== undefined; run = yield* reader.next()) {
    yield* carryRun(run, writer, index, batch)
    yield* runtime.turn()
  }
}

/** Reframes a run in place, in the reader's memory, and writes it: one buffer serves both. */
function* carryRun(
  run: FrameRun,
  writer: FrameWriter,
  index: SparseIndex,
  batch: { insideBatch: boolean },
): Procedure<void> {
  const { kernel } = run
  const walker = new FrameWalker(run)
  let from = run.start
  let { lastSequence: sequence, lastTimestamp: timestamp } = writer
  while (walker.next()) {
    if (walker.isControl) {
      yield* writeCarried(writer, kernel, from, walker.at, sequence, timestamp)
      from = walker.end
      continue
    }
    const position = writer.position + walker.at - from
    if (!batch.insideBatch && index.wants(position)) index.note(walker.sequence, position)
    batch.insideBatch = walker.flags !== 0
    sequence = walker.sequence
    timestamp = walker.timestamp
    kernel.stage(walker.at, walker.payloadBytes, sequence, timestamp, walker.type, walker.flags)
  }
  yield* writeCarried(writer, kernel, from, run.end, sequence, timestamp)
}

function* writeCarried(
  writer: FrameWriter,
  kernel: Kernel,
  from: number,
  to: number,
  sequence: number,
  timestamp: number,
): Procedure<void> {
  if (to === from) return
  yield* writer.write(kernel, from, to)
  writer.lastSequence = sequence
  writer.lastTimestamp = timestamp
}
