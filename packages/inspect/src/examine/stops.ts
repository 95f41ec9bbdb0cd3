import { createFrameFields, frameBytes, frameHeaderBytes, readFrame, scanStop, viewOf } from '@varve/codec'
import { readBytes, type ReadStop } from '@varve/segments/inspect'
import type { LogFile, Procedure } from '@varve/storage'
import type { FindingCode } from '../finding.ts'

const codes: Readonly<Record<ReadStop, FindingCode>> = {
  [scanStop.end]: 'frame.missing',
  [scanStop.partial]: 'frame.cut-off',
  [scanStop.header]: 'frame.header',
  [scanStop.payload]: 'frame.payload',
  [scanStop.unsupported]: 'frame.unsupported',
  [scanStop.order]: 'frame.order',
  [scanStop.limit]: 'frame.limit',
  'end-of-file': 'frame.missing',
}

/** What a scan of frames that stopped too early has met. */
export function codeOfStop(stop: ReadStop): FindingCode {
  return codes[stop]
}

/** How long the bad stretch is: of a frame whose header verified the whole of it, of any other its header. */
export function* damagedBytes(
  file: LogFile,
  name: string,
  position: number,
  stop: ReadStop,
  size: number,
): Procedure<number> {
  const rest = Math.max(0, size - position)
  if (stop !== scanStop.payload) return Math.min(frameHeaderBytes, rest)
  const header = new Uint8Array(frameHeaderBytes)
  yield* readBytes(file, name, header, position)
  return Math.min(frameBytes(readFrame(viewOf(header), 0, createFrameFields()).payloadBytes), rest)
}
