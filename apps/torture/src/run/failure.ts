import { shrinkTape } from '@varve/dst'
import fc from 'fast-check'
import type { TortureCase } from '../cases/case.ts'
import { playCase, type CaseFailure } from '../cases/run-case.ts'
import { replayText } from './replay.ts'

/** A broken promise, as short as it could be made, with everything that happened. */
export interface Failure {
  readonly case: string
  readonly looksFor: string
  readonly violation: string
  /** For `--replay`. */
  readonly replay: string
  /** The same before it was made shorter. */
  readonly found: string
  readonly timeline: readonly string[]
}

const triesMax = 3000

/** Makes the tape of a failure shorter, and plays it once more for its timeline. */
export async function explain(what: TortureCase, failure: CaseFailure): Promise<Failure> {
  const kind = kindOf(failure.violation)
  const fails = async (tape: readonly number[]): Promise<boolean> => {
    const violation = await playCase(what, tape)
    return violation !== undefined && kindOf(violation) === kind
  }
  // What was found on a real adapter may need its timing; a tape that does not fail again is left as it is.
  const canShrink = await fails(failure.tape)
  const tape = canShrink ? await shrinkTape(fc, failure.tape, { fails, triesMax }) : failure.tape
  const timeline: string[] = []
  const violation = (await playCase(what, tape, (line) => { timeline.push(line) })) ?? failure.violation
  return {
    case: what.name,
    looksFor: what.looksFor,
    violation,
    replay: replayText(what, tape),
    found: replayText(what, failure.tape),
    timeline,
  }
}

/** What kind of promise was broken, whatever the numbers: a shorter tape must not end in another one. */
function kindOf(violation: string): string {
  return violation.replace(/\(.*$/s, '').replace(/[0-9a-f]*\d[0-9a-f]*/g, '#').slice(0, 80)
}
