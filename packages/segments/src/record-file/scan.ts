import { controlType, scanStop, type Kernel } from '@varve/codec'
import type { LogStorage, Procedure, Runtime } from '@varve/storage'
import { reading } from '../read/reading.ts'
import { readContents, scanLastSegment, type LastSegment } from '../recover/last-segment.ts'
import type { FoundFile } from './header.ts'

/**
 * Scans a record file as if it were the last segment of a log, but for one thing: it never has a SEAL, behind which
 * nothing could be appended. One that verifies was written by something that this code does not know, so the scan
 * stops in front of it as at any other control record of an unknown type.
 */
export function* scanRecordFile(
  storage: LogStorage,
  found: FoundFile,
  kernel: Kernel,
  runtime: Runtime,
): Procedure<LastSegment<FoundFile>> {
  const last = yield* scanLastSegment(storage, found, kernel, runtime)
  const { facts, contents: withSeal } = last
  if (facts.lastControl !== controlType.seal) return last
  // A SEAL is the last frame: within a limit that it does not fit into, everything before it is found again.
  const { contents } = yield* reading(storage, found.name, (file) =>
    readContents(file, found, withSeal.end - 8, kernel, runtime),
  )
  const { end } = contents
  return { ...last, contents, facts: { ...facts, stop: scanStop.unsupported, badPlace: end, validEnd: end } }
}
