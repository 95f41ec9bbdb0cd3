import type { Finding, InspectedSegment } from '@varve/inspect'

/** Segments that are drawn as bars of their own. */
const drawnMax = 48
/** Of more than that, the last ones, and those with findings. */
const lastDrawn = 8

/** What is wrong with a segment; what loses nothing is not. */
export function findingsOf(findings: readonly Finding[], { name }: InspectedSegment): readonly Finding[] {
  return findings.filter(({ file, verdict }) => file === name && verdict !== 'noted')
}

/** The segments that are drawn in full, oldest first. */
export function drawnOf(
  segments: readonly InspectedSegment[],
  findings: readonly Finding[],
): readonly InspectedSegment[] {
  if (segments.length <= drawnMax) return segments
  const last = segments.slice(-lastDrawn)
  const wrong = segments.slice(0, -lastDrawn).filter((segment) => findingsOf(findings, segment).length > 0)
  return [...wrong.slice(0, drawnMax - lastDrawn), ...last]
}
