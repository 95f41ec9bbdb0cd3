import type { ImageOptions, LogImage } from './damage-image.ts'
import { withFile } from './damage-image.ts'
import { misplaced, outcomeOf, regionOf } from './damage-verdict.ts'
import { segmentsOf } from './log-files.ts'

/** What came of changing every byte, one at a time. */
export interface FlipReport {
  readonly flips: number
  /** Changes that nobody noticed and that changed no record, by what the byte belonged to. */
  readonly unnoticed: Readonly<Record<string, number>>
  /** Errors that name another file or place than the changed one; the first few. */
  readonly misplaced: readonly string[]
}

/** One bit low in a byte, one high, and all of them. */
export const allPatterns = (): readonly number[] => [0x01, 0x80, 0xff]

/** One of them at each offset: for what was tried with all of them elsewhere. */
export const onePattern = (offset: number): readonly number[] => [[0x01, 0x80, 0xff][offset % 3] as number]

/**
 * Changes every byte of every segment by each of the patterns and opens the log. Throws when anything happens but an
 * error or nothing at all. A byte behind all frames is one of thousands of zeros, so there one pattern has to do.
 */
export function flipEveryByte(image: LogImage, options: ImageOptions, patterns: typeof onePattern): FlipReport {
  const segments = segmentsOf(image.snapshot)
  const unnoticed: Record<string, number> = {}
  const elsewhere: string[] = []
  let flips = 0
  for (const segment of segments) {
    for (let offset = 0; offset < segment.bytes.length; offset += 1) {
      const region = regionOf(segments, segment.name, offset)
      for (const pattern of region.endsWith('zeros') ? onePattern(offset) : patterns(offset)) {
        const bytes = segment.bytes.slice()
        bytes[offset] = (bytes[offset] as number) ^ pattern
        const outcome = outcomeOf(image, withFile(image.snapshot, segment.name, bytes), options)
        flips += 1
        const what = `${region} ${offset} ^ ${pattern}`
        if (outcome.kind === 'shorter') throw new Error(`${what}: ${outcome.lost} records lost`)
        if (outcome.kind === 'harmless') unnoticed[region] = (unnoticed[region] ?? 0) + 1
        else {
          const fault = misplaced(segment, offset, outcome.error.context)
          if (fault !== undefined) elsewhere.push(`${what}: ${fault}: ${outcome.error.message}`)
        }
      }
    }
  }
  return { flips, unnoticed, misplaced: elsewhere.slice(0, 20) }
}
