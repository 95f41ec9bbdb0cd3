import {
  inspectLog,
  planRepair,
  verifyLog,
  type InspectedSegment,
  type LogInspection,
  type Progress,
  type RepairPlan,
  type Verification,
} from '@varve/inspect'
import { isVarveError, openLog, type Log, type LogStorage } from 'varve'
import type { System } from '../system.ts'
import { lookOptions } from '../with-storage.ts'
import { ContentsBuilder, type Contents } from './contents.ts'

/** Everything that the page shows: plain data, also printed by `--json`. */
export interface LogReport {
  readonly directory: string
  /** When it was made, in milliseconds since 1970. */
  readonly madeMs: number
  /** Version of the program that made it. */
  readonly version: string
  /** Of every byte. */
  readonly verdict: Verification['verdict']
  readonly inspection: LogInspection
  readonly files: Verification['files']
  readonly findings: RepairPlan['findings']
  readonly choices: RepairPlan['choices']
  readonly refusals: RepairPlan['refusals']
  readonly contents: Contents
}

/** Segments that are drawn as bars of their own. */
export const drawnMax = 48

export interface CollectOptions {
  readonly directory: string
  readonly version: string
  readonly onProgress: (progress: Progress) => void
}

/** Looks at a log in every way, beside its writer if there is one. */
export async function collectReport(storage: LogStorage, system: System, options: CollectOptions): Promise<LogReport> {
  const look = lookOptions(system)
  const inspection = await inspectLog(storage, look)
  const { verdict, files } = await verifyLog(storage, { ...look, onProgress: options.onProgress })
  const { findings, choices, refusals } = await planRepair(storage, look)
  const contents = await readContents(storage, inspection, system)
  const { directory, version } = options
  return { directory, madeMs: system.now(), version, verdict, inspection, files, findings, choices, refusals, contents }
}

async function readContents(storage: LogStorage, inspection: LogInspection, { runtime }: System): Promise<Contents> {
  const { segments, checkpoints, floor } = inspection
  const wanted = [floor, ...checkpoints.map(({ sequence }) => sequence)]
  const builder = new ContentsBuilder(wanted)
  let log: Log
  try {
    log = await openLog({ storage, readOnly: true, ...(runtime && { runtime }) })
  } catch (error) {
    if (!isVarveError(error)) throw error
    for (const { name } of segments) builder.couldNotRead(name, error.message)
    return builder.build()
  }
  try {
    for (const segment of segments) {
      const isDrawn = segments.length - segments.indexOf(segment) <= drawnMax
      builder.enter(segment, isDrawn)
      await readSegment(log, segment, builder)
    }
  } finally {
    await log.close()
  }
  return builder.build()
}

/** What cannot be read is said, and the next segment is tried. */
async function readSegment(log: Log, segment: InspectedSegment, builder: ContentsBuilder): Promise<void> {
  const { name, state, firstSequence, lastSequence } = segment
  const from = Math.max(firstSequence, log.firstSequence)
  const to = Math.min(lastSequence ?? 0, log.lastSequence)
  if (state === 'archived' || (lastSequence !== undefined && from > to)) return
  if (lastSequence === undefined) {
    builder.couldNotRead(name, 'where its records end is not known')
    return
  }
  try {
    await log.replay((record) => { builder.add(record) }, { from, to })
  } catch (error) {
    if (!isVarveError(error)) throw error
    builder.couldNotRead(name, error.message)
  }
}
