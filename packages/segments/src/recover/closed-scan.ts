import { controlType, sameWord, scanStop, type Kernel, type ScanState, type Word64 } from '@varve/codec'
import type { LogFile, Procedure, Runtime } from '@varve/storage'
import { decodeSeal, type Seal } from '../format/seal.ts'
import { FrameReader, startOfFile, type FramedFile, type ReadStop } from '../read/frame-reader.ts'
import { FrameWalker } from '../read/frame-walker.ts'
import type { SurveyedSegment } from './survey.ts'

/** What the frames of a segment that has a successor say, and how they end. */
export interface ClosedScan {
  readonly state: ScanState
  readonly stop: ReadStop
  /** Where the last frame stands, if it is a SEAL. Offset in bytes. */
  readonly sealOffset: number | undefined
  /** What it says; undefined as well when this format did not write it. */
  readonly seal: Seal | undefined
}

/** Reads all frames up to `limit`. `passed` hears of every offset that was reached. */
export function* scanClosed(
  file: LogFile,
  { name, header }: FramedFile,
  limit: number,
  kernel: Kernel,
  runtime: Runtime,
  passed?: (position: number) => void,
): Procedure<ClosedScan> {
  const reader = new FrameReader(file, name, header, startOfFile(header, limit), kernel)
  const { state } = reader
  let seal: Seal | undefined
  let sealOffset: number | undefined
  for (let run = yield* reader.next(); run !== undefined; run = yield* reader.next()) {
    // Nothing follows a SEAL, so of all runs only the last one has to be looked into.
    if (state.lastControl === controlType.seal) {
      const walker = new FrameWalker(run)
      while (walker.next()) sealOffset = walker.position
      seal = decodeSeal(walker.payload)
    }
    passed?.(state.position)
    yield* runtime.turn()
  }
  return { state, stop: reader.stop ?? scanStop.header, sealOffset, seal }
}

/** Where the frames of a segment end. */
export interface End {
  readonly lastSequence: number
  readonly lastTimestamp: number
  readonly chain: Word64
}

export function endOf({ lastSequence, lastTimestamp, chainLow: low, chainHigh: high }: ScanState): End {
  return { lastSequence, lastTimestamp, chain: { low, high } }
}

/** Whether a segment goes on exactly where the one before it ends. */
export function goesOn(end: End, { firstSequence, header }: SurveyedSegment): boolean {
  return (
    end.lastSequence === firstSequence - 1 &&
    end.lastTimestamp === header.lastTimestamp &&
    sameWord(end.chain, header.chain)
  )
}

/** Whether a SEAL says of its segment what was counted there. */
export function sealCounts({ state, seal, sealOffset }: ClosedScan): boolean {
  return (
    seal?.records === state.records && seal.endOffset === sealOffset && sameWord(seal.chain, endOf(state).chain)
  )
}
