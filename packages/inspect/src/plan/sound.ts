import { isDamage, type Finding, type FindingCode } from '../finding.ts'
import type { Picture, SegmentPicture } from '../picture.ts'

/** What can be made anew from what is there: no record depends on it. */
export const renewable: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'header.block',
  'seal.missing',
  'seal.invalid',
  'seal.counts',
  'seal.zeros',
  'seal.trailer',
])

/** Segments that readers need. */
export function neededOf({ segments }: Picture): readonly SegmentPicture[] {
  return segments.filter(({ state }) => state !== 'archived')
}

export function damageIn({ findings }: Picture, file: string): readonly Finding[] {
  return findings.filter((finding) => finding.file === file && isDamage(finding))
}

/** Whether the records of a segment are whole, and the next one goes on behind them. */
export function isSound(picture: Picture, { name, state, surveyed, lastSequence }: SegmentPicture): boolean {
  if (surveyed === undefined || lastSequence === undefined || state === 'unknown') return false
  return state !== 'active' || damageIn(picture, name).every(({ code }) => renewable.has(code))
}

/**
 * Where the intact beginning of the log ends: the last segment of which something can be kept, if there is one.
 * Undefined where the log is sound.
 */
export function brokenAt(picture: Picture): { readonly base: SegmentPicture | undefined } | undefined {
  const needed = neededOf(picture)
  const at = needed.findIndex((segment) => !isSound(picture, segment))
  const segment = needed[at]
  if (segment === undefined) return undefined
  // Of two with one index nobody knows which one it is.
  const isTwin = needed[at + 1]?.index === segment.index
  return { base: segment.surveyed === undefined || isTwin ? needed[at - 1] : segment }
}

/** The segments at the end of the log that are whole and belong together; the last one needs only a usable header. */
export function intactEnd(picture: Picture): readonly SegmentPicture[] {
  const needed = neededOf(picture)
  if (needed.at(-1)?.surveyed === undefined) return []
  const closed = needed.slice(0, -1)
  return needed.slice(closed.findLastIndex((segment) => !isSound(picture, segment)) + 1)
}
