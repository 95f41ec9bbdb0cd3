import { controlType, scanStop, type Kernel } from '@varve/codec'
import { io, type LogFile, type LogStorage, type Procedure, type Runtime } from '@varve/storage'
import { decodeFloor } from '../format/floor.ts'
import { SparseIndex } from '../format/sparse-index.ts'
import { FrameReader, startOfFile, type FramedFile, type ReadStop } from '../read/frame-reader.ts'
import { FrameWalker } from '../read/frame-walker.ts'
import type { SurveyedSegment } from './survey.ts'
import type { LastSegmentFacts } from './table.ts'
import { searchTail } from './tail.ts'

/** What the frames of a segment say up to some point. Offsets in bytes. */
export interface Contents {
  /** Where the next frame may go. */
  readonly end: number
  readonly records: number
  readonly lastSequence: number
  readonly lastTimestamp: number
  readonly chain: { readonly low: number; readonly high: number }
  /** From the last FLOOR record, if there was one. */
  readonly floor: number | undefined
  /** The payload of the last CHECKPOINT record, if there was one. */
  readonly checkpoints: Uint8Array<ArrayBuffer> | undefined
  readonly index: SparseIndex
}

/** The last segment after a scan: what holds, and what its end looks like. */
export interface LastSegment<F extends FramedFile = SurveyedSegment> {
  readonly surveyed: F
  readonly contents: Contents
  readonly facts: LastSegmentFacts
  /** Whether what it was born with ends where a unit does, as it must; true where the scan did not get so far. */
  readonly isBornWhole: boolean
  /** Frame headers that verify behind the bad place. */
  readonly headersBehind: number
  /** The highest record that such a header names; 0 without any. */
  readonly lastSequenceBehind: number
  readonly fileEnd: number
}

/**
 * Scans the last segment in full, once for its frames and once for what stands behind them. In a replica `believed` is
 * what is known to be durable of it, whatever its frames claim: they speak of the source.
 */
export function* scanLastSegment<F extends FramedFile>(
  storage: LogStorage,
  surveyed: F,
  kernel: Kernel,
  runtime: Runtime,
  believed?: number,
): Procedure<LastSegment<F>> {
  const { name, header } = surveyed
  const file = yield* io(`open ${name}`, () => storage.open(name, 'read'))
  try {
    const scan = yield* readContents(file, surveyed, header.capacity, kernel, runtime)
    const tail = yield* searchTail(file, name, header, scan.badPlace, kernel, runtime)
    const claimed = Math.max(header.bornEnd, scan.durableEnd, tail.durableEnd)
    const facts: LastSegmentFacts = {
      stop: scan.stop,
      badPlace: scan.badPlace,
      validEnd: scan.contents.end,
      durableEnd: believed === undefined ? claimed : wholeUnits(believed, scan),
      insideBatch: scan.insideBatch,
      lastControl: scan.lastControl,
      zerosToEnd: tail.zeros,
    }
    const { headers: headersBehind, lastSequence: lastSequenceBehind, fileEnd } = tail
    const isBornWhole = scan.isBornWhole || facts.validEnd < header.bornEnd
    return { surveyed, contents: scan.contents, facts, isBornWhole, headersBehind, lastSequenceBehind, fileEnd }
  } finally {
    yield* io(`close ${name}`, () => file.close())
  }
}

/**
 * A replica may be synced in the middle of a batch, since pieces end anywhere. If everything up to there is intact, the
 * beginning of a batch is no damage: it was never a record.
 */
function wholeUnits(believed: number, { badPlace, contents }: ContentScan): number {
  return badPlace < believed ? believed : Math.min(believed, contents.end)
}

/** A scan of whole units up to `limit`, and how it ended. */
export interface ContentScan {
  readonly contents: Contents
  readonly stop: ReadStop
  readonly badPlace: number
  readonly durableEnd: number
  readonly insideBatch: boolean
  readonly lastControl: number
  /** Whether a unit ends at the born end. */
  readonly isBornWhole: boolean
}

/**
 * Reads the frames from the header, or from the end of what is known `before`, up to `limit`. If it ends inside a
 * batch, it reads once more up to the start of that batch, so that the contents describe whole units only.
 */
export function* readContents(
  file: LogFile,
  surveyed: FramedFile,
  limit: number,
  kernel: Kernel,
  runtime: Runtime,
  before?: Contents,
): Procedure<ContentScan> {
  const { name, header } = surveyed
  const start = before === undefined ? startOfFile(header, limit) : { ...before, position: before.end, limit }
  const reader = new FrameReader(file, name, header, start, kernel)
  const index = new SparseIndex(header.capacity, header.blockBytes, before?.index)
  let { floor, checkpoints }: Partial<Contents> = before ?? {}
  let walker: FrameWalker | undefined
  let batchContinues = false
  let isBornWhole = header.bornEnd <= header.blockBytes
  for (let run = yield* reader.next(); run !== undefined; run = yield* reader.next()) {
    walker ??= new FrameWalker(run)
    walker.enter(run)
    while (walker.next()) {
      const { type, sequence, flags } = walker
      if (walker.position === header.bornEnd && !batchContinues) isBornWhole = true
      if (!walker.isControl) {
        if (!batchContinues && index.wants(walker.position)) index.note(sequence, walker.position)
        batchContinues = flags !== 0
      } else if (type === controlType.floor) floor = decodeFloor(walker.payload) ?? floor
      else if (type === controlType.checkpoint) checkpoints = walker.payload.slice()
    }
    yield* runtime.turn()
  }
  const { state } = reader
  const stop = reader.stop ?? scanStop.header
  const { position: badPlace, durableEnd, insideBatch, lastControl, unitPosition: end } = state
  if (insideBatch) {
    const whole = yield* readContents(file, surveyed, end, kernel, runtime, before)
    return { ...whole, stop, badPlace, durableEnd, insideBatch, lastControl }
  }
  const chain = { low: state.chainLow, high: state.chainHigh }
  const { lastSequence, lastTimestamp } = state
  const records = (before?.records ?? 0) + state.records
  const contents = { end, records, lastSequence, lastTimestamp, chain, floor, checkpoints, index }
  isBornWhole ||= end === header.bornEnd
  return { contents, stop, badPlace, durableEnd, insideBatch, lastControl, isBornWhole }
}
