import {
  describeStop,
  discardedTail,
  headerBlockIsClean,
  judge,
  reading,
  scanLastSegment,
  type LastSegment,
  type LastSegmentRow,
  type SurveyedSegment,
} from '@varve/segments/inspect'
import { fileHeaderBytes } from '@varve/codec'
import type { Procedure } from '@varve/storage'
import type { Look } from './look.ts'
import { codeOfStop, damagedBytes } from './stops.ts'

/** The last segment, with what its end means. */
export interface Tail {
  readonly last: LastSegment
  readonly row: LastSegmentRow
}

/** Scans the last segment and notes what is wrong with it. `believed` as in a replica. */
export function* examineTail(look: Look, newest: SurveyedSegment, believed: number | undefined): Procedure<Tail> {
  const { name, size } = newest
  const follow = look.following(name, size)
  const tail = yield* scanUntilStable(look, newest, believed)
  yield* noteEnd(look, tail)
  if (look.settings.deep) yield* noteHeaderBlock(look, newest)
  follow.end()
  return tail
}

/** Scans a segment of which nobody says where it ends, and notes what proves itself to be damaged. */
export function* examineEnd(look: Look, segment: SurveyedSegment): Procedure<void> {
  const follow = look.following(segment.name, segment.size)
  const tail = yield* scanUntilStable(look, segment, undefined)
  follow.end()
  const { verdict } = tail.row
  if (verdict === 'corrupt' || verdict === 'unsupported') yield* noteEnd(look, tail)
}

/**
 * A writer may append between the scan of the frames and the look behind them: then records that came meanwhile look
 * as if something before them were damaged. Damage stays where it is, so it is believed when the next scan stops there
 * too.
 */
function* scanUntilStable(look: Look, newest: SurveyedSegment, believed: number | undefined): Procedure<Tail> {
  const { storage, runtime } = look.settings
  let badPlace: number | undefined
  for (;;) {
    const last = yield* scanLastSegment(storage, newest, look.kernel, runtime, believed)
    const row = judge(last.facts)
    if (row.verdict !== 'corrupt' || last.facts.badPlace === badPlace) return { last, row }
    badPlace = last.facts.badPlace
  }
}

function* noteEnd(look: Look, { last, row }: Tail): Procedure<void> {
  const { facts, surveyed, contents, headersBehind, fileEnd } = last
  const { name: file, header } = surveyed
  if (!last.isBornWhole) {
    const evidence = `its born end, ${header.bornEnd}, lies inside a frame or batch`
    yield* look.note({ code: 'header.disagrees', file, position: 0, bytes: 0, row: 'header.disagrees', evidence })
  }
  const torn = discardedTail(last, row)
  if (torn !== undefined) {
    const { position, bytes } = torn
    const code = facts.insideBatch ? 'tail.torn-batch' : 'tail.torn'
    const evidence = `${row.evidence}; D is ${facts.durableEnd}; ${headersBehind} frame headers verify behind it`
    yield* look.note({ code, verdict: 'torn', file, position, bytes, row: row.id, evidence })
  }
  if (row.verdict !== 'corrupt' && row.verdict !== 'unsupported') return
  const { storage } = look.settings
  const bytes = yield* reading(storage, file, (open) => damagedBytes(open, file, facts.badPlace, facts.stop, fileEnd))
  yield* look.note({
    code: codeOfStop(facts.stop),
    verdict: row.verdict === 'corrupt' ? 'corrupt' : 'unreadable',
    file,
    position: facts.badPlace,
    bytes,
    row: row.id,
    evidence:
      `${describeStop(facts.stop)}; ${row.evidence}; D is ${facts.durableEnd}; ` +
      `${headersBehind} frame headers verify behind it`,
    firstSequence: contents.lastSequence + 1,
    ...(last.lastSequenceBehind > contents.lastSequence && { lastSequence: last.lastSequenceBehind }),
  })
}

function* noteHeaderBlock(look: Look, newest: SurveyedSegment): Procedure<void> {
  const { name: file, header } = newest
  if (yield* reading(look.settings.storage, file, (open) => headerBlockIsClean(open, newest))) return
  const bytes = header.blockBytes - fileHeaderBytes
  const evidence = 'the rest of the header block is not zeros; it carries nothing, so no record is at stake'
  yield* look.note({ code: 'header.block', file, position: fileHeaderBytes, bytes, row: 'sealed.damage', evidence })
}
