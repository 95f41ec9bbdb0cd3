import { inspectLog, type LogInspection } from '@varve/inspect'
import type { ReclaimReport } from 'varve'
import { argument, defineCommand, UsageError, type Command, type Context } from '../command.ts'
import { directoryArgument } from '../definitions.ts'
import { exitCode, type ExitCode } from '../exit-code.ts'
import { pairs } from '../output/table.ts'
import { count, counted, size } from '../output/units.ts'
import { parseSequence } from '../parse-values.ts'
import { lookOptions, withLog, withStorage } from '../with-storage.ts'

interface ReclaimOptions {
  readonly before?: number
  readonly dryRun?: boolean
  readonly force?: boolean
}

export const reclaim: Command = defineCommand<ReclaimOptions>({
  name: 'reclaim',
  summary: 'give back the space of old records',
  description: [
    'Removes the segments that lie wholly below the floor. With --before the floor is raised first: records below ' +
      'that number are given up for good. The segment that is written to always stays. It takes the lock, unless it ' +
      'is a dry run.',
    'A floor above what the newest checkpoint covers would make the state that it holds unrecoverable, and is ' +
      'refused without --force.',
  ],
  arguments: [directoryArgument],
  options: [
    { flags: '--before <sequence>', text: 'raise the floor to this record', parse: parseSequence },
    { flags: '--dry-run', text: 'only say what would be removed' },
    { flags: '--force', text: 'raise the floor above the newest checkpoint' },
  ],
  examples: [
    { line: 'varve reclaim ./data --dry-run', text: 'what lies below the floor' },
    { line: 'varve reclaim ./data --before 100000', text: 'give up everything before record 100,000' },
  ],
  changesLog: true,
  run: async (context) => {
    const { system, options } = context
    const directory = argument(context, 0)
    const inspection = await withStorage(system, directory, (storage) => inspectLog(storage, lookOptions(system)))
    checkFloor(inspection, options)
    if (options.dryRun === true) return present(wouldRemove(inspection, options.before), context)
    return await withLog(system, directory, {}, async (log) => {
      const report = await log.reclaim(options.before)
      // An open for writing has removed what lay below the floor before it was raised.
      const early = log.recovery.removedSegments
      const bytes = report.bytes + bytesOf(inspection.segments.filter(({ name }) => early.includes(name)))
      return present({ ...report, removed: [...early, ...report.removed], bytes }, context)
    })
  },
})

function checkFloor({ checkpoints, lastSequence }: LogInspection, { before, force }: ReclaimOptions): void {
  if (before === undefined) return
  if (before > lastSequence + 1) {
    throw new UsageError(`--before ${before} is beyond the log, which ends with record ${lastSequence}`)
  }
  const newest = checkpoints.findLast(({ isListed, size: bytes }) => isListed && bytes !== undefined)
  if (newest === undefined || before <= newest.sequence + 1 || force === true) return
  throw new UsageError(
    `--before ${before} gives up records that the newest checkpoint, after record ${newest.sequence}, does not ` +
      'cover; --force does it anyway',
  )
}

/** What an open for writing would remove; the same rule as in FORMAT.md, 9. */
function wouldRemove({ segments, floor }: LogInspection, before = 1): Omit<ReclaimReport, 'recycled'> {
  const raised = Math.max(floor, before)
  const removed = segments.filter((_, at) => (segments[at + 1]?.firstSequence ?? Infinity) <= raised)
  return { floor: raised, removed: removed.map(({ name }) => name), deferred: [], bytes: bytesOf(removed) }
}

function bytesOf(segments: LogInspection['segments']): number {
  return segments.reduce((sum, { bytes }) => sum + bytes, 0)
}

function present(report: Omit<ReclaimReport, 'recycled'>, { out, options }: Context<ReclaimOptions>): ExitCode {
  const isDryRun = options.dryRun === true
  if (out.isJson) {
    out.document({ ...report, isDryRun })
    return exitCode.fine
  }
  const { style, columns } = out
  const { floor, removed, bytes } = report
  const facts: (readonly [string, string])[] = [
    ['floor', count(floor)],
    [isDryRun ? 'would remove' : 'removed', `${counted(removed.length, 'segment')}, ${size(bytes)}`],
    ...removed.map((name) => ['', name] as const),
  ]
  out.lines(pairs(facts, style.dim, columns))
  return exitCode.fine
}
