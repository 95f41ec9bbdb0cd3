import type { StreamPosition } from 'varve'
import { exitCode, type ExitCode } from '../exit-code.ts'
import type { Output } from '../output/output.ts'
import { pairs } from '../output/table.ts'
import { count, counted, size } from '../output/units.ts'
import type { CopyOutcome } from './run-copy.ts'

export interface CopyReport extends CopyOutcome {
  readonly source: string
  readonly target: string
  readonly durationMs: number
}

/** Says how far the copy is safe. */
export function presentCopy(report: CopyReport, out: Output): ExitCode {
  const { unusable, isInterrupted } = report
  if (out.isJson) out.document(report)
  else {
    out.lines(pairs(factsOf(report), out.style.dim, out.columns))
    for (const { name, reason } of unusable) out.line(`${out.style.warning('not copied:')} ${name}: ${reason}`)
    if (isInterrupted) out.line('Interrupted. What is synced stays; the same command goes on there.')
  }
  if (isInterrupted) return exitCode.interrupted
  return unusable.length > 0 ? exitCode.notice : exitCode.fine
}

function factsOf(report: CopyReport): (readonly [string, string])[] {
  const { source, target, bytes, from, synced, lastSequence, checkpoints, removed, durationMs } = report
  const rate = `${size(Math.round(bytes / (Math.max(1, durationMs) / 1000)))}/s`
  return [
    ['log', source],
    ['copy', `${target}${from === undefined ? '' : `, went on at ${placeOf(from)}`}`],
    ['copied', `${size(bytes)}, ${rate}, verified on the way`],
    ['synced', synced === undefined ? 'nothing yet' : `${placeOf(synced)}, record ${count(lastSequence)}`],
    ['digest', synced?.digest ?? 'none'],
    ['checkpoints', checkpoints.length === 0 ? 'none' : checkpoints.join(', ')],
    ...(removed.length === 0 ? [] : [['reclaimed', counted(removed.length, 'segment')] as const]),
  ]
}

function placeOf({ segment, offset }: StreamPosition): string {
  return `segment ${count(segment)}, offset ${count(offset)}`
}
