import { VarveError } from '@varve/codec'
import { corrupt, describeStop, unsupportedFrame } from '../read/errors.ts'
import type { FramedFile } from '../read/frame-reader.ts'
import type { LastSegment } from './last-segment.ts'
import type { DiscardedTail } from './report.ts'
import { damaged } from './survey.ts'
import { judge, type LastSegmentRow } from './table.ts'

type End = LastSegment<FramedFile>

/** What the end of a file means; throws when that is not for open to decide. */
export function decide(last: End, tornTail: 'discard' | 'refuse'): LastSegmentRow {
  const { facts, surveyed } = last
  const row = judge(facts)
  if (row.verdict === 'unsupported') throw unsupportedFrame(surveyed.name, facts.badPlace, row.id)
  if (row.verdict === 'corrupt') throw corruptEnd(last, row)
  if (row.verdict === 'torn' && tornTail === 'refuse') throw tornEnd(last, row)
  return row
}

/**
 * A segment is born with whole units. If its header says otherwise, a hand-over would cut it at the last unit before,
 * below its born end, and every later open would refuse the log for that.
 */
export function checkBirth({ surveyed, isBornWhole }: LastSegment): void {
  if (isBornWhole) return
  const { name, firstSequence, header } = surveyed
  const found = `its born end, ${header.bornEnd}, lies inside a frame or batch`
  throw damaged('header.disagrees', name, 0, firstSequence, undefined, found)
}

export function corruptEnd(last: End, row: LastSegmentRow): VarveError {
  const { facts, surveyed, contents } = last
  const evidence = `${row.evidence} (${describeStop(facts.stop)}; D is ${facts.durableEnd})`
  const firstSequence = contents.lastSequence + 1
  return corrupt({ file: surveyed.name, position: facts.badPlace, row: row.id, evidence, firstSequence })
}

function tornEnd(last: End, row: LastSegmentRow): VarveError {
  const { surveyed, contents } = last
  const { end: position, lastSequence } = contents
  return new VarveError(
    'TORN_TAIL',
    `${surveyed.name} at byte ${position}: ${row.evidence}; open with tornTail 'discard' to go on behind record ` +
      `${lastSequence}; nothing was changed`,
    { file: surveyed.name, position, row: row.id, lastSequence },
  )
}

/** What going on behind the valid prefix leaves out; undefined when there is nothing. */
export function discardedTail(last: End, row: LastSegmentRow): DiscardedTail | undefined {
  if (row.verdict !== 'torn') return undefined
  const { contents, surveyed, fileEnd, headersBehind: headers } = last
  const bytes = fileEnd - contents.end
  return { file: surveyed.name, position: contents.end, bytes, evidence: row.evidence, headers }
}
