import { readContents, reading, type Contents, type Seal, type SurveyedSegment } from '@varve/segments/inspect'
import type { Procedure } from '@varve/storage'
import { isDamage, type Finding, type FindingCode } from '../finding.ts'
import type { SegmentPicture } from '../picture.ts'
import { rangeOf, stateAt } from './keep.ts'
import { mendHeader } from './mend-header.ts'
import { renewable } from './sound.ts'
import { usableCheckpoint, type Action, type Damaged, type Way } from './way.ts'

/** A way for each segment in which nothing is damaged but what can be made anew. */
export function* waysToRenew(damaged: Damaged): Procedure<readonly Way[]> {
  const { findings, segments } = damaged.picture
  const ways: Way[] = []
  for (const segment of segments) {
    const own = findings.filter((finding) => finding.file === segment.name && isDamage(finding))
    if (own.length === 0) continue
    const action = own.every(({ code }) => renewable.has(code))
      ? yield* renewWhole(damaged, segment, own)
      : yield* renewHeader(damaged, segment, own)
    if (action !== undefined) ways.push(wayOf(damaged, segment, own, action))
  }
  return ways
}

function wayOf({ picture }: Damaged, { name }: SegmentPicture, own: readonly Finding[], action: Action): Way {
  const what = [...new Set(own.map(({ code }) => code))].join(', ')
  const { floor, lastSequence } = picture
  return {
    choice: {
      id: `renew ${name}`,
      kind: 'renew',
      resolves: own.map((finding) => picture.findings.indexOf(finding)),
      text: `put a copy of ${name} in its place, with the same records and with that made anew: ${what}`,
      isLossless: true,
      lost: [],
      // What stands behind a header that could not be read is not known before it can.
      kept: own.some(({ code }) => code === 'header.invalid')
        ? { firstSequence: floor, lastSequence: undefined }
        : rangeOf(floor, lastSequence),
      checkpoint: usableCheckpoint(picture, floor, lastSequence),
      removes: [],
    },
    action,
    quarantined: [name],
  }
}

/** With any of these, the SEAL itself has to be made anew. */
const ofSeal: ReadonlySet<FindingCode> = new Set<FindingCode>(['seal.missing', 'seal.invalid', 'seal.counts'])

function* renewWhole(damaged: Damaged, segment: SegmentPicture, own: readonly Finding[]): Procedure<Action> {
  const surveyed = segment.surveyed as SurveyedSegment
  const { name, header, size } = surveyed
  if (segment.state !== 'sealed') return { do: 'renew', renewal: { name, header, end: size, seal: undefined } }
  const isSealSound = own.every(({ code }) => !ofSeal.has(code))
  const end = segment.end as number
  const seal = isSealSound ? (segment.seal as Seal) : yield* sealAnew(damaged, segment, surveyed, end)
  return { do: 'renew', renewal: { name, header, end, seal } }
}

/** The SEAL that must have stood there: all that it says can be counted, or was said before. */
function* sealAnew(
  damaged: Damaged,
  segment: SegmentPicture,
  surveyed: SurveyedSegment,
  end: number,
): Procedure<Seal> {
  const { storage, runtime, buffers } = damaged.settings
  const { contents } = yield* buffers.lend((kernel) =>
    reading(storage, surveyed.name, (file) => readContents(file, surveyed, end, kernel, runtime)),
  )
  const said = stateAt(damaged.picture, { ...segment, seal: undefined }, { contents, surveyed })
  return sealOf(contents, end, said)
}

function sealOf(
  { records, lastSequence, lastTimestamp, chain, index }: Contents,
  endOffset: number,
  state: ReturnType<typeof stateAt>,
): Seal {
  return { records, lastSequence, lastTimestamp, endOffset, chain, index: index.entries, ...state }
}

/** Whatever else is wrong with a segment whose header is damaged, its header comes first. */
function* renewHeader(
  { settings, picture }: Damaged,
  segment: SegmentPicture,
  own: readonly Finding[],
): Procedure<Action | undefined> {
  if (own.every(({ code }) => code !== 'header.invalid')) return undefined
  const header = yield* mendHeader(settings, segment, picture.logId)
  const { name, size } = segment
  return header && { do: 'renew', renewal: { name, header, end: size, seal: undefined } }
}
