import { encodeFileHeader, jsonCodec, wordToHex, xxh64 } from '@varve/codec'
import type { Procedure } from '@varve/storage'
import { isUnfinished } from '../examine/examine.ts'
import { isDamage, overall, type Finding } from '../finding.ts'
import type { Picture, SegmentPicture } from '../picture.ts'
import { copyOf } from './copies.ts'
import { rangeOf, waysToKeep } from './keep.ts'
import { refusalOf } from './refusals.ts'
import { waysToRenew } from './renew.ts'
import type { QuarantinedCopy, RepairChoice, RepairPlan } from './repair-plan.ts'
import { waysToSetAside } from './set-aside.ts'
import { usableCheckpoint, type Action, type Damaged, type Way } from './way.ts'

/** A plan, and how each of its choices is carried out. */
export interface MadePlan {
  readonly plan: RepairPlan
  readonly actions: ReadonlyMap<string, Action>
}

/** Finds the ways out of what is damaged. */
export function* makePlan(damaged: Damaged): Procedure<MadePlan> {
  const { settings, picture } = damaged
  const ways = yield* waysOut(damaged)
  const choices: RepairChoice[] = []
  const actions = new Map<string, Action>()
  for (const { choice, action, quarantined } of ways) {
    const quarantines: QuarantinedCopy[] = []
    for (const name of quarantined) quarantines.push(yield* copyOf(settings, picture.names, name))
    choices.push({ ...choice, quarantines })
    actions.set(choice.id, action)
  }
  const resolved = new Set(choices.flatMap(({ resolves }) => resolves))
  const refusals = picture.findings.flatMap((finding, at) =>
    isDamage(finding) && !resolved.has(at) ? [{ finding: at, reason: refusalOf(finding, picture) }] : [],
  )
  const { findings } = picture
  const plan = { digest: digestOf(picture), verdict: overall(findings), findings, choices, refusals }
  return { plan, actions }
}

function* waysOut(damaged: Damaged): Procedure<readonly Way[]> {
  const { picture } = damaged
  const { findings, files } = picture
  const unfinished = finish(picture)
  if (unfinished !== undefined) return [unfinished]
  // What a newer version wrote is whole, and a replica is repaired from its source.
  if (files.isReplica || findings.some(isTooNew) || findings.every((finding) => !isDamage(finding))) return []
  const aside = yield* waysToSetAside(damaged)
  const renewed = yield* waysToRenew(damaged)
  // Of two segments with one index the wrong one goes first: with it, nothing can be said of the rest.
  const isTwin = (at: number): boolean => findings[at]?.code === 'names.duplicate-index'
  const isDoubled = aside.some(({ choice }) => choice.resolves.some(isTwin))
  const kept = isDoubled ? [] : yield* waysToKeep(damaged)
  const all = [...renewed, ...aside, ...kept]
  return all.sort((one, other) => Number(other.choice.isLossless) - Number(one.choice.isLossless))
}

function isTooNew({ code }: Finding): boolean {
  return code.endsWith('.unsupported')
}

/** Goes on with a repair that had given birth to its segment: what is behind that has to go. */
function finish(picture: Picture): Way | undefined {
  const entry = picture.history.find((each) => isUnfinished(each, picture))
  if (entry?.record === undefined) return undefined
  const { choice, lost } = entry.record
  const removes = entry.record.removes.filter((name) => picture.names.includes(name))
  const { findings, floor, lastSequence } = picture
  return {
    choice: {
      id: `finish ${entry.file}`,
      kind: 'finish',
      resolves: findings.map((_, at) => at),
      text: `finish what was begun with ${choice}: ${removes.join(', ')} leave the directory`,
      isLossless: false,
      lost,
      kept: rangeOf(floor, lastSequence),
      checkpoint: usableCheckpoint(picture, floor, lastSequence, new Set(removes)),
      removes,
    },
    action: { do: 'nothing' },
    quarantined: removes,
  }
}

const codec = jsonCodec<unknown>()

/** Of everything that a choice depends on; not of what a repair itself adds to the directory. */
function digestOf({ files, segments, checkpoints, findings }: Picture): string {
  const seen = [
    files.isReplica,
    segments.map(ofSegment),
    checkpoints.map(({ name, isListed, size, stateBytes }) => [name, isListed, size ?? null, stateBytes ?? null]),
    findings.filter(({ code }) => code !== 'repair.unfinished').map(({ code, file, position, bytes, context }) => {
      return [code, file, position, bytes, wordToHex(xxh64(context?.bytes ?? new Uint8Array(0)))]
    }),
  ]
  return wordToHex(xxh64(codec.encode(seen)))
}

function ofSegment({ name, size, surveyed, state, end, lastSequence, chain }: SegmentPicture): unknown {
  const header = surveyed && wordToHex(xxh64(encodeFileHeader(surveyed.header)))
  return [name, size, header ?? null, state, end ?? null, lastSequence ?? null, chain ? wordToHex(chain) : null]
}
