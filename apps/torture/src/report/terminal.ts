import { styleText } from 'node:util'
import type { Progress, TortureReport } from '../run/torture.ts'
import type { Failure } from '../run/failure.ts'

const count = (value: number): string => Math.round(value).toLocaleString('en-US')

export function progressLine(progress: Progress): string {
  const { case: name, looked, states, failures, casesDone, cases, seconds } = progress
  const rate = seconds > 0 ? looked / seconds : 0
  const broken = failures === 0 ? '' : `, ${failures} BROKEN`
  return `${casesDone}/${cases} ${name}: ${count(looked)} states, ${count(states)} distinct, ${count(rate)}/s${broken}`
}

/** What a run saw, as lines. */
export function summaryLines(report: TortureReport): string[] {
  const { looked, states, lives, seconds, failures } = report
  const exhaustive = report.cases.filter(({ engine }) => engine === 'exhaustive')
  const complete = exhaustive.filter(({ isComplete }) => isComplete).length
  const reached = Object.values(report.probes).filter((hits) => hits > 0).length
  return [
    `${count(looked)} states after a crash looked at in ${seconds.toFixed(1)} s (${count(looked / seconds)} a second),`,
    `${count(states)} of them distinct: recovered, checked, most of them crashed again; ${count(lives)} processes`,
    `${report.cases.length} cases; ${complete} of ${exhaustive.length} exhaustive ones came to their end`,
    `${reached} of ${Object.keys(report.probes).length} probes reached`,
    failures.length === 0 ? styleText('green', 'no promise was broken') : styleText('red', `${failures.length} broken`),
  ]
}

/** One failure: what was promised and found, everything that happened, and how to see it again. */
export function failureLines({ case: name, violation, replay, timeline }: Failure): string[] {
  return [
    '',
    styleText('red', `BROKEN in '${name}': ${violation}`),
    ...timeline.map((line) => `  ${line}`),
    styleText('red', `  expected otherwise: ${violation}`),
    `  see it again: pnpm torture --replay '${replay}'`,
  ]
}
