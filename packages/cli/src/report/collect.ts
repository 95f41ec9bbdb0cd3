import { frameBytes } from '@varve/codec'
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
import { openLog, type Log, type LogStorage, type ReadRange } from 'varve'
import type { System } from '../system.ts'
import { lookOptions } from '../with-storage.ts'
import { ContentsBuilder, type Contents } from './contents.ts'
import { drawnOf } from './drawn.ts'

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
  const drawn = new Set(drawnOf(inspection.segments, findings))
  const contents = await readContents(storage, inspection, drawn, system)
  const { directory, version } = options
  return { directory, madeMs: system.now(), version, verdict, inspection, files, findings, choices, refusals, contents }
}

async function readContents(
  storage: LogStorage,
  inspection: LogInspection,
  drawn: ReadonlySet<InspectedSegment>,
  { runtime }: System,
): Promise<Contents> {
  const { segments, checkpoints, floor } = inspection
  const wanted = [floor, ...checkpoints.map(({ sequence }) => sequence)]
  const builder = new ContentsBuilder(wanted)
  let log: Log
  try {
    log = await openLog({ storage, readOnly: true, ...(runtime && { runtime }) })
  } catch (error) {
    for (const { name } of segments) builder.couldNotRead(name, reasonOf(error))
    return builder.build()
  }
  try {
    for (const segment of segments) await readSegment(log, segment, builder, drawn.has(segment))
  } finally {
    await log.close()
  }
  return builder.build()
}

/** What cannot be read is said, and the next segment is tried. */
async function readSegment(
  log: Log,
  segment: InspectedSegment,
  builder: ContentsBuilder,
  isDrawn: boolean,
): Promise<void> {
  const { name, firstSequence, lastSequence } = segment
  // What lies below the floor is not read. Where nothing tells its last record there is a finding that says so.
  const to = Math.min(lastSequence ?? firstSequence - 1, log.lastSequence)
  const range = { from: Math.max(firstSequence, log.firstSequence), to }
  if (range.from > range.to) return
  try {
    builder.enter(segment, await startOf(log, segment, range), isDrawn)
    await log.replay((record) => { builder.add(record) }, range)
  } catch (error) {
    builder.couldNotRead(name, reasonOf(error))
  }
}

/** The page says it, whatever it is: a report that fails because of what it reports would be of no use. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** About where the first record that is read begins: behind the header, or as far before the end as all take. */
async function startOf(
  log: Log,
  { firstSequence, blockBytes = 0, end = 0 }: InspectedSegment,
  range: ReadRange,
): Promise<number> {
  if (range.from === firstSequence) return blockBytes
  let bytes = 0
  await log.replay(({ payloadBytes }) => { bytes += frameBytes(payloadBytes) }, range)
  return Math.max(blockBytes, end - bytes)
}
