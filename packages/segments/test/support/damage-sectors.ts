import { withFile, type LogImage } from './damage-image.ts'
import { outcomeOf, regionOf } from './damage-verdict.ts'
import { segmentsOf, type PlainSegment } from './log-files.ts'

/** What came of changing every sector, one at a time. Regions are named as `regionOf` does, joined by a plus. */
export interface SectorReport {
  readonly noticed: number
  /** What the changed bytes belonged to when nobody noticed and no record was missing. */
  readonly unnoticed: readonly string[]
  /** The same when records were missing without an error. */
  readonly shorter: readonly string[]
  /** Errors that name another file, or a place behind the sector. */
  readonly misplaced: readonly string[]
}

/** The bytes that come to stand at `from` of a segment; undefined leaves them as they are. */
export type SectorChange = (
  segment: PlainSegment,
  from: number,
  segments: readonly PlainSegment[],
) => Uint8Array | undefined

/** Puts something else into every sector of every segment. */
export function changeEverySector(image: LogImage, sectorBytes: number, change: SectorChange): SectorReport {
  const segments = segmentsOf(image.snapshot)
  const unnoticed = new Set<string>()
  const shorter = new Set<string>()
  const misplaced: string[] = []
  let noticed = 0
  for (const segment of segments) {
    const { name, bytes } = segment
    for (let from = 0; from < bytes.length; from += sectorBytes) {
      const damaged = bytes.slice()
      damaged.set(change(segment, from, segments)?.slice(0, Math.min(sectorBytes, bytes.length - from)) ?? [], from)
      const regions = changedRegions(segments, segment, damaged)
      if (regions === '') continue
      const options = { ...image.options, verify: 'all' } as const
      const outcome = outcomeOf(image, withFile(image.snapshot, name, damaged), options)
      if (outcome.kind === 'harmless') unnoticed.add(regions)
      else if (outcome.kind === 'shorter') shorter.add(regions)
      else {
        noticed += 1
        const { file, position = 0 } = outcome.error.context
        const isInPlace = file === name && Number(position) < from + sectorBytes
        if (!isInPlace) misplaced.push(`${name} at ${from}: ${outcome.error.message}`)
      }
    }
  }
  return { noticed, unnoticed: [...unnoticed].sort(), shorter: [...shorter].sort(), misplaced }
}

function changedRegions(segments: readonly PlainSegment[], { name, bytes }: PlainSegment, after: Uint8Array): string {
  const regions = new Set<string>()
  bytes.forEach((byte, at) => {
    if (byte !== after[at]) regions.add(regionOf(segments, name, at))
  })
  return [...regions].sort().join(' + ')
}
