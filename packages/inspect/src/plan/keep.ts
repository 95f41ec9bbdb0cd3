import { sortCheckpointNames } from '@varve/checkpoint/inspect'
import { canBeCut, scanLastSegment, type LastSegment } from '@varve/segments/inspect'
import type { Procedure } from '@varve/storage'
import { isDamage } from '../finding.ts'
import type { Picture, SegmentPicture } from '../picture.ts'
import type { RecordRange } from './repair-plan.ts'
import { brokenAt, damageIn, intactEnd, isSound, neededOf } from './sound.ts'
import { usableCheckpoint, type Damaged, type Way } from './way.ts'

/** Numbers of records cannot have a gap, so of what lies on both sides of a damage one side is kept. */
export function* waysToKeep(damaged: Damaged): Procedure<readonly Way[]> {
  const broken = brokenAt(damaged.picture)
  const before = broken?.base && (yield* keepBefore(damaged, broken.base))
  const behind = yield* keepBehind(damaged)
  return [before, behind].filter((way) => way !== undefined)
}

function scan({ settings }: Damaged, segment: SegmentPicture): Procedure<LastSegment> {
  const { storage, runtime, buffers } = settings
  const surveyed = segment.surveyed as NonNullable<typeof segment.surveyed>
  return buffers.lend((kernel) => scanLastSegment(storage, surveyed, kernel, runtime))
}

/** The log ends behind the valid prefix of `base`, and everything behind leaves the directory. */
function* keepBefore(damaged: Damaged, base: SegmentPicture): Procedure<Way | undefined> {
  const { picture } = damaged
  const last = base.last ?? (yield* scan(damaged, base))
  const { lastSequence } = last.contents
  const needed = neededOf(picture)
  const behind = needed.slice(needed.indexOf(base) + 1).map(({ name }) => name)
  const beyond = sortCheckpointNames(picture.names).checkpoints.filter(({ sequence }) => sequence > lastSequence)
  const removes = [...behind, ...beyond.map(({ name }) => name)]
  const said = stateAt(picture, base, last)
  // A floor never falls, not even with the segment that raised it.
  const state = { ...said, floor: Math.max(said.floor, picture.floor) }
  if (state.floor > lastSequence + 1) return undefined
  const kept = rangeOf(Math.max(state.floor, needed[0]?.firstSequence ?? 1), lastSequence)
  const cut = canBeCut(last)
  const quarantined = damageIn(picture, base.name).length > 0 || !cut ? [base.name, ...removes] : removes
  const where = cut
    ? `the next segment is born with a cut in ${base.name} at byte ${last.facts.validEnd}`
    : `${base.name} is written anew with what is whole of it, up to byte ${last.facts.validEnd}`
  return {
    choice: {
      id: 'keep-before',
      kind: 'keep-before',
      resolves: findingsOf(picture, new Set([base.name, ...needed.map(({ name }) => name), ...removes])),
      text: `keep the records up to ${lastSequence}: ${where}; ${listed(removes)} leave the directory`,
      isLossless: false,
      lost: lostBehind(picture, last),
      kept,
      checkpoint: usableCheckpoint(picture, state.floor, lastSequence, new Set(removes)),
      removes,
    },
    action: { do: 'go-on', going: { last, state }, born: base.index + (cut ? 1 : 0) },
    quarantined,
  }
}

/** The log begins with the segment behind the last damage: the floor is raised to its first record. */
function* keepBehind(damaged: Damaged): Procedure<Way | undefined> {
  const { picture } = damaged
  const end = intactEnd(picture)
  const [first] = end
  const base = end.at(-1)
  const needed = neededOf(picture)
  if (first === undefined || base?.last === undefined) return undefined
  const isMissingBefore = first.firstSequence > picture.floor && first.index > 1
  // Where only the end is damaged, keeping what is before it says where the log begins as well.
  if (first === needed[0] && (!isMissingBefore || brokenAt(picture) !== undefined)) return undefined
  const { last } = base
  const floor = Math.max(first.firstSequence, picture.floor)
  const given = needed.slice(0, needed.indexOf(first)).map(({ name }) => name)
  const cut = canBeCut(last)
  const isBaseDamaged = !isSound(picture, base)
  const { lastSequence } = last.contents
  const lostBefore = rangeOf(Math.max(picture.floor, needed[0]?.index === 1 ? 1 : picture.floor), floor - 1)
  const tail = isBaseDamaged ? lostBehind(picture, last) : []
  return {
    choice: {
      id: 'keep-behind',
      kind: 'keep-behind',
      resolves: findingsOf(picture, new Set(needed.map(({ name }) => name))),
      text:
        `keep the records from ${floor} on: the floor is raised to ${floor}, in a segment behind the last one; ` +
        `${listed(given)} lie below it then and leave the directory`,
      isLossless: false,
      lost: [...(lostBefore === undefined ? [] : [lostBefore]), ...tail],
      kept: rangeOf(floor, lastSequence),
      checkpoint: usableCheckpoint(picture, floor, lastSequence),
      removes: given,
    },
    action: {
      do: 'go-on',
      going: { last, state: { floor, checkpoints: picture.list } },
      born: base.index + (cut ? 1 : 0),
    },
    quarantined: isBaseDamaged || !cut ? [...given, base.name] : given,
  }
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'no files' : names.join(', ')
}

export function rangeOf(firstSequence: number, lastSequence: number): RecordRange | undefined {
  return lastSequence < firstSequence ? undefined : { firstSequence, lastSequence }
}

/** What of the findings lies in these files and is damage. */
function findingsOf({ findings }: Picture, files: ReadonlySet<string>): readonly number[] {
  return findings.flatMap((finding, at) => (isDamage(finding) && files.has(finding.file) ? [at] : []))
}

/** As far as anything still tells: names of later segments, numbers in frames and headers that verify. */
function lostBehind({ segments, lastSequence }: Picture, last: LastSegment): readonly RecordRange[] {
  const firstSequence = last.contents.lastSequence + 1
  const named = segments.map((segment) => Math.max(segment.firstSequence - 1, segment.last?.lastSequenceBehind ?? 0))
  const known = Math.max(lastSequence, last.lastSequenceBehind, ...named)
  // Of a newest segment that cannot be read nobody knows how much was in it.
  if (segments.at(-1)?.surveyed === undefined) return [{ firstSequence, lastSequence: undefined }]
  if (known >= firstSequence) return [{ firstSequence, lastSequence: known }]
  const { validEnd, durableEnd } = last.facts
  return validEnd < durableEnd ? [{ firstSequence, lastSequence: undefined }] : []
}

/** What the log had said of floor and checkpoints by the end of a segment. */
export function stateAt(
  picture: Picture,
  { index, seal }: SegmentPicture,
  { contents, surveyed }: Pick<LastSegment, 'contents' | 'surveyed'>,
): { readonly floor: number; readonly checkpoints: Uint8Array<ArrayBuffer> } {
  const needed = neededOf(picture)
  const seals = [seal, ...needed.filter((each) => each.index < index).reverse().map((each) => each.seal)]
  const said = seals.find((each) => each !== undefined)
  const first = needed[0]
  // What lies before the first segment was given up, whoever said so.
  const least = first === undefined || first.index === 1 ? 1 : first.firstSequence
  const isTold = contents.floor !== undefined || surveyed.header.cut > 0
  const floor = Math.max(least, contents.floor ?? (isTold ? 1 : (said?.floor ?? 1)))
  return { floor, checkpoints: contents.checkpoints ?? said?.checkpoints ?? new Uint8Array(0) }
}
