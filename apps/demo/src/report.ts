import { count, counted, megabytes, percentile } from './format.ts'
import type { Ledger } from './ledger.ts'
import type { SourceFile } from './source-file.ts'
import type { Verified } from './verify.ts'

/** What happened, besides what the ledger knows. */
export interface Course {
  readonly kills: number
  /** Kills that hit a child before it had opened the log. */
  readonly killsWhileOpening: number
  readonly writingMs: number
  readonly seed: number
  readonly directory: string
  readonly kept: boolean
}

/** The report as lines of two columns. */
export function report(course: Course, source: SourceFile, ledger: Ledger, verified: Verified): string {
  const { records, payloadBytes, frameBytes, segments } = verified
  const { recoveries, syncsMs } = ledger
  const laps = records / source.lines.length
  const handOvers = recoveries.filter(({ created, cleanShutdown }) => !created && !cleanShutdown)
  const carried = handOvers.reduce((sum, { carriedRecords }) => sum + carriedRecords, 0)
  const torn = recoveries.filter(({ discarded }) => discarded !== undefined).length
  const perSecond = course.writingMs === 0 ? 0 : payloadBytes / (course.writingMs / 1000)
  const ms = (share: number): string => `${percentile(syncsMs, share).toFixed(2)} ms`
  const rows: readonly (readonly [string, string])[] = [
    ['records', `${count(records)}: ${round(laps)} times the ${counted(source.lines.length, 'line')}`],
    ['acknowledged', `${count(ledger.acknowledged)}; the others were on their way when their child was killed`],
    ['kills', `${course.kills}, of them ${course.killsWhileOpening} before the log was open`],
    ['hand-overs', `${handOvers.length}, which wrote ${counted(carried, 'unproven record')} again`],
    ['torn tails', `${torn} discarded`],
    ['bytes', `${megabytes(payloadBytes)} of lines, ${megabytes(frameBytes)} of frames`],
    ['segments', count(segments)],
    ['speed', `${megabytes(perSecond)}/s of lines while a child wrote (${(course.writingMs / 1000).toFixed(1)} s)`],
    ['sync', `p50 ${ms(0.5)}, p99 ${ms(0.99)}`],
    ['log', `${course.directory}${course.kept ? '' : ' (removed)'}`],
    ['seed', String(course.seed)],
  ]
  return rows.map(([name, text]) => `  ${name.padEnd(14)}${text}\n`).join('')
}

function round(laps: number): string {
  return Number.isInteger(laps) ? count(laps) : laps.toFixed(1)
}
