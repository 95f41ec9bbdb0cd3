import {
  believedEnd,
  checkStated,
  isArchived,
  readSegmentHeader,
  replicaFacts,
  toldByItself,
  type NamedFiles,
  type SegmentName,
  type SurveyedSegment,
} from '@varve/segments/inspect'
import type { Procedure } from '@varve/storage'
import type { SegmentPicture } from '../picture.ts'
import { examineClosed, unknownEnd, type ClosedEnd } from './closed-segment.ts'
import { evidenceOf, sizeOf, type Look } from './look.ts'
import { examineEnd, examineTail } from './tail.ts'

/** What the segments of a log are and say. */
export interface SegmentsPicture {
  /** By index. */
  readonly segments: readonly SegmentPicture[]
  readonly logId: Uint8Array<ArrayBuffer> | undefined
  readonly floor: number
  /** The payload of the last list of checkpoints; empty if there is none. */
  readonly checkpoints: Uint8Array<ArrayBuffer>
  readonly lastSequence: number
}

/** A segment by its name, with its header where that can be used. */
interface Named extends SegmentName {
  readonly size: number
  readonly surveyed: SurveyedSegment | undefined
}

export function* examineSegments(look: Look, files: NamedFiles): Procedure<SegmentsPicture> {
  const named = yield* survey(look, files)
  const replica = yield* look.attempt(replicaFacts(look.settings.storage, files))
  const surveyed = named.flatMap((each) => each.surveyed ?? [])
  if (replica !== undefined) yield* look.attempt(checking(() => { checkStated(replica, surveyed) }))
  const newest = named.at(-1)
  const unknown = { last: undefined, lastSequence: undefined, end: undefined, chain: undefined, seal: undefined }
  const segments: SegmentPicture[] = []
  let floor: number | undefined
  let checkpoints: Uint8Array<ArrayBuffer> | undefined
  if (newest?.surveyed !== undefined) {
    const believed = files.isReplica ? believedEnd(replica, newest.surveyed) : undefined
    const { last } = yield* examineTail(look, newest.surveyed, believed)
    const { contents } = last
    const { end, lastSequence, chain } = contents
    segments.unshift({ ...newest, state: 'active', end, lastSequence, chain, seal: undefined, last })
    floor = contents.floor
    checkpoints = contents.checkpoints
  } else if (newest !== undefined) segments.unshift({ ...newest, state: 'unknown', ...unknown })
  for (let at = named.length - 2; at >= 0; at -= 1) {
    const segment = named[at] as Named
    const next = named[at + 1] as Named
    const promised = next.surveyed === undefined ? floor : toldByItself(next.surveyed, floor)
    if (isArchived(next, promised ?? 0)) {
      segments.unshift({ ...segment, state: 'archived', ...unknown })
      continue
    }
    const follower = next.index === segment.index ? undefined : next.surveyed
    const end = segment.surveyed && (yield* examineBefore(look, segment.surveyed, follower))
    segments.unshift({ ...segment, state: 'unknown', ...unknown, ...end })
    floor ??= end?.seal?.floor
    checkpoints ??= end?.seal?.checkpoints
  }
  const promised = Math.max(floor ?? 1, floorOf(replica))
  yield* noteBeginning(look, segments, promised)
  const lastSequence = segments.findLast((each) => each.lastSequence !== undefined)?.lastSequence ?? 0
  const logId = surveyed[0]?.header.logId
  return { segments, logId, floor: promised, checkpoints: checkpoints ?? new Uint8Array(0), lastSequence }
}

/** A segment with a successor whose header may be of no use. */
function* examineBefore(look: Look, segment: SurveyedSegment, next: SurveyedSegment | undefined): Procedure<ClosedEnd> {
  if (next !== undefined) return yield* examineClosed(look, segment, next)
  if (look.settings.deep) yield* examineEnd(look, segment)
  return unknownEnd
}

function floorOf(replica: { readonly statement: { readonly floor: number } } | undefined): number {
  return replica?.statement.floor ?? 1
}

function* checking(check: () => void): Procedure<void> {
  check()
}

/** Reads all headers. A segment that a writer has removed meanwhile is `NOT_FOUND`, and a reason to look again. */
function* survey(look: Look, files: NamedFiles): Procedure<readonly Named[]> {
  const { settings } = look
  const named: Named[] = []
  for (const segment of files.segments) {
    const surveyed = yield* look.attempt(readSegmentHeader(settings.storage, segment))
    const size = surveyed?.size ?? (yield* sizeOf(settings, segment.name))
    look.expect(size)
    named.push({ ...segment, size, surveyed })
  }
  const own = ownerOf(named)
  const kept: Named[] = []
  for (const segment of named) kept.push(yield* checkOwner(look, segment, own))
  yield* noteDuplicates(look, kept)
  return kept
}

/** The log that most of the segments belong to; of several, the one with the first segment. */
function ownerOf(named: readonly Named[]): string | undefined {
  const counts = new Map<string, number>()
  for (const { surveyed } of named) {
    const id = surveyed && idOf(surveyed)
    if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  let owner: string | undefined
  for (const [id, count] of counts) if (count > (counts.get(owner ?? '') ?? 0)) owner = id
  return owner
}

export function idOf({ header }: SurveyedSegment): string {
  return [...header.logId].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function* checkOwner(look: Look, segment: Named, own: string | undefined): Procedure<Named> {
  const { surveyed, name: file, size: bytes, firstSequence } = segment
  if (surveyed === undefined || idOf(surveyed) === own) return segment
  const evidence = `${evidenceOf('header.foreign')}: ${idOf(surveyed)}`
  const row = 'header.foreign'
  yield* look.note({ code: row, verdict: 'unreadable', file, position: 16, bytes, row, evidence, firstSequence })
  return { ...segment, surveyed: undefined }
}

function* noteDuplicates(look: Look, named: readonly Named[]): Procedure<void> {
  for (const [at, { index, name, size: bytes, firstSequence }] of named.entries()) {
    const twin = named[at - 1]
    if (twin?.index !== index) continue
    const row = 'names.duplicate-index'
    const evidence = `${evidenceOf(row)}: ${twin.name}`
    yield* look.note({ code: row, file: name, position: 0, bytes, row, evidence, firstSequence })
  }
}

function* noteBeginning(look: Look, segments: readonly SegmentPicture[], floor: number): Procedure<void> {
  const oldest = segments.find(({ state }) => state !== 'archived')
  if (oldest === undefined || oldest.index === 1 || oldest.firstSequence <= floor) return
  const row = 'names.first-above-floor'
  const lastSequence = oldest.firstSequence - 1
  const evidence = `${evidenceOf(row)}, which is ${floor}`
  yield* look.note({
    code: row,
    file: oldest.name,
    position: 0,
    bytes: 0,
    row,
    evidence,
    firstSequence: floor,
    lastSequence,
  })
}

