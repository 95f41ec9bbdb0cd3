import { decodeCheckpointList } from '@varve/checkpoint'
import { encodeCheckpointList } from '@varve/checkpoint/inspect'
import { canBeCut, checkClosed, checkNeighbours, type SurveyedSegment } from '@varve/segments/inspect'
import type { Procedure } from '@varve/storage'
import { Look } from '../examine/look.ts'
import { isDamage, type Finding } from '../finding.ts'
import type { CheckpointPicture, SegmentPicture } from '../picture.ts'
import { rangeOf } from './keep.ts'
import type { RecordRange } from './repair-plan.ts'
import { isSound } from './sound.ts'
import { usableCheckpoint, type Damaged, type Way } from './way.ts'

/** Ways that need no more than that one file leaves the directory, or the list of checkpoints. */
export function* waysToSetAside(damaged: Damaged): Procedure<readonly Way[]> {
  const ways: Way[] = [...checkpointWays(damaged), ...archivedWays(damaged)]
  for (const [at, { code, file }] of damaged.picture.findings.entries()) {
    if (code === 'names.duplicate-index') ways.push(...(yield* twinWays(damaged, at, file)))
  }
  return ways
}

/** An open reads the header of a segment below the floor, too, though nothing of it is needed. */
function archivedWays(damaged: Damaged): readonly Way[] {
  const { segments, findings } = damaged.picture
  return segments.flatMap(({ name, state }) => {
    const resolves = damageAt(findings, name)
    if (state !== 'archived' || resolves.length === 0) return []
    return [leave(damaged, name, { text: 'it lies wholly below the floor', resolves })]
  })
}

function damageAt(findings: readonly Finding[], name: string): readonly number[] {
  return findings.flatMap((finding, at) => (finding.file === name && isDamage(finding) ? [at] : []))
}

interface Leaving {
  readonly text: string
  readonly resolves: readonly number[]
  readonly lost?: readonly RecordRange[]
  readonly isLossless?: boolean
}

function leave({ picture }: Damaged, file: string, { text, resolves, lost = [], isLossless = true }: Leaving): Way {
  const { floor, lastSequence } = picture
  return {
    choice: {
      id: `set-aside ${file}`,
      kind: 'set-aside',
      resolves,
      text: `${file} leaves the directory: ${text}`,
      isLossless,
      lost,
      kept: rangeOf(floor, lastSequence),
      checkpoint: usableCheckpoint(picture, floor, lastSequence, new Set([file])),
      removes: [file],
    },
    action: { do: 'nothing' },
    quarantined: [file],
  }
}

function checkpointWays(damaged: Damaged): readonly Way[] {
  const { findings, checkpoints } = damaged.picture
  return findings.flatMap((finding, at) => {
    const isOfCheckpoint = finding.code.startsWith('checkpoint.')
    const checkpoint = isOfCheckpoint ? checkpoints.find(({ name }) => name === finding.file) : undefined
    return checkpoint === undefined ? [] : checkpointWay(damaged, finding, at, checkpoint)
  })
}

function checkpointWay(damaged: Damaged, finding: Finding, at: number, checkpoint: CheckpointPicture): readonly Way[] {
  const { code, verdict, firstSequence = 0, lastSequence } = finding
  const { name, isListed } = checkpoint
  if (verdict === 'noted' || code === 'checkpoint.unsupported') return []
  if (code === 'checkpoint.missing') return delist(damaged, at, name)
  if (code === 'checkpoint.beyond-log') {
    // What the list of the log itself names cannot be wished away.
    if (isListed) return []
    const lost = [{ firstSequence, lastSequence }]
    const text = 'the records through it are gone all the same, and its state stays in the copy'
    return [leave(damaged, name, { text, resolves: [at], lost, isLossless: false })]
  }
  if (!canDoWithout(damaged, name)) return []
  const without = isListed ? 'the state can be made without it' : 'no list names it'
  return [leave(damaged, name, { text: without, resolves: [at] })]
}

/** Whether the state of the log can be made without this checkpoint. */
function canDoWithout({ picture }: Damaged, name: string): boolean {
  const { floor, lastSequence, checkpoints } = picture
  if (floor === 1 || !checkpoints.some((each) => each.name === name && each.isListed)) return true
  return usableCheckpoint(picture, floor, lastSequence, new Set([name])) !== undefined
}

/** The log goes on in a segment that is born with a shorter list. */
function delist(damaged: Damaged, at: number, name: string): readonly Way[] {
  const { picture } = damaged
  const { segments, list, floor, lastSequence } = picture
  const base = segments.at(-1)
  const rest = decodeCheckpointList(list).filter((kept) => kept.name !== name)
  // A list is never empty; and behind a last segment that is damaged nothing is said before that is repaired.
  if (rest.length === 0 || base?.last === undefined || !isSound(picture, base)) return []
  if (!canBeCut(base.last) || !canDoWithout(damaged, name)) return []
  const state = { floor, checkpoints: encodeCheckpointList(rest) }
  return [
    {
      choice: {
        id: `delist ${name}`,
        kind: 'delist',
        resolves: [at],
        text: `the log does not keep ${name} any more: a segment behind the last one says so`,
        isLossless: true,
        lost: [],
        kept: rangeOf(floor, lastSequence),
        checkpoint: usableCheckpoint(picture, floor, lastSequence),
        removes: [],
      },
      action: { do: 'go-on', going: { last: base.last, state }, born: base.index + 1 },
      quarantined: [],
    },
  ]
}

/** Of two segments with one index, the one that does not fit between its neighbours can go. */
function* twinWays(damaged: Damaged, at: number, file: string): Procedure<readonly Way[]> {
  const { segments } = damaged.picture
  const place = segments.findIndex(({ name }) => name === file)
  const twins = [segments[place - 1] as SegmentPicture, segments[place] as SegmentPicture] as const
  const before = segments[place - 2]
  const behind = segments[place + 1]
  const [one, two] = [yield* fits(damaged, before, twins[0], behind), yield* fits(damaged, before, twins[1], behind)]
  const isClear = one !== two
  const ways: Way[] = []
  for (const [stays, goes, isFitting] of [[twins[0], twins[1], one], [twins[1], twins[0], two]] as const) {
    if (!isFitting) continue
    const lost = isClear ? [] : [{ firstSequence: goes.firstSequence, lastSequence: undefined }]
    const other = isClear ? 'and this one does not' : 'and so does this one'
    const text = `${stays.name} fits between its neighbours, ${other}`
    const resolves = [...new Set([at, ...damageAt(damaged.picture.findings, goes.name)])]
    ways.push(leave(damaged, goes.name, { text, resolves, lost, isLossless: isClear }))
  }
  return ways
}

function* fits(
  { settings }: Damaged,
  before: SegmentPicture | undefined,
  segment: SegmentPicture,
  behind: SegmentPicture | undefined,
): Procedure<boolean> {
  if (segment.surveyed === undefined) return false
  return (
    (yield* goesWith(settings, before?.surveyed, segment.surveyed)) &&
    (yield* goesWith(settings, segment.surveyed, behind?.surveyed))
  )
}

/** Where there is no neighbour, or none that can be read, nothing speaks against it. */
function* goesWith(
  settings: Damaged['settings'],
  segment: SurveyedSegment | undefined,
  next: SurveyedSegment | undefined,
): Procedure<boolean> {
  if (segment === undefined || next === undefined) return true
  const { storage, runtime, buffers } = settings
  const agreed = yield* buffers.lend((kernel) =>
    new Look(settings, kernel).attempt(
      (function* () {
        checkNeighbours(segment, next)
        return yield* checkClosed({ storage, runtime, verify: 'all' }, segment, next, kernel)
      })(),
    ),
  )
  return agreed !== undefined
}
