import { isVarveError } from '@varve/codec'
import { Violation, type Decay, type Ledger, type LogLedger, type World } from '@varve/dst'
import type { Log, LogRecord, SynchronousLog } from '@varve/segments'
import { smallLog, type LogVariant } from './log-variant.ts'

/** What every log owes, whoever drives it. */

/** The CLOSE of an orderly shutdown lies in these bytes before the end of what a segment holds. */
const closeBytes = 128
/** More than a small segment keeps free for its SEAL: a CLOSE that would reach into it is left out. */
const sealRoomBytes = 1024

/**
 * The limits that docs/DURABILITY.md names: a newest segment that is gone or was cut off, and a last commit damaged
 * together with what proves it, look like something harmless. Nothing but the truth of what is read is owed then.
 */
export function forgive({ fault, name, names, from, to, contentEnd }: Decay, ledger: Pick<Ledger, 'betray'>): void {
  const newest = names.filter((each) => /^[0-9a-f]{8}-[0-9a-f]{16}\.varve$/.test(each)).at(-1)
  if (name !== newest) return
  const isGone = fault === 'lost-file' || fault === 'cut-file'
  const isUnproven = contentEnd > smallLog.segmentBytes - sealRoomBytes
  const hitsClose = to > contentEnd - closeBytes && from < contentEnd
  if (isGone || isUnproven || hitsClose) ledger.betray()
}

/** Errors that name damage are as good as the data where the disk lost it or lied about it. */
export function isHonest(error: unknown, world: World): boolean {
  if (!isVarveError(error)) return false
  const { row } = error.context
  if (typeof row === 'string') world.probe(`recovery.${row}`)
  if (world.hasDecayed || world.isBetrayed) return true
  // A segment may have vanished with its young name, and a later one not.
  return world.profile.names === 'eventual' && isVarveError(error, 'CORRUPT') && aboutNames(row)
}

function aboutNames(row: unknown): boolean {
  return typeof row === 'string' && (row.startsWith('names.') || row.startsWith('header.'))
}

/** How many records are kept when others are given up. */
const kept = 3

/** The oldest record to keep, of a log with so many. */
export function floorFor(lastSequence: number): number {
  return Math.max(1, lastSequence - kept + 1)
}

/** A list of checkpoints that says which mark of the ledger it is. */
export function listOf(mark: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(mark & 255, mark >> 8)
}

/** A log that was closed in an orderly way has nothing behind its end, unless something had failed before. */
export function checkReopened({ recovery }: Log | SynchronousLog, { isFaultless = false }: LogVariant): void {
  if (!isFaultless || recovery.discarded === undefined) return
  throw new Violation(`closed in an orderly way, and '${recovery.row ?? ''}' found something to discard`)
}

/** Holds a log that was just opened against its ledger. */
export function checkRecovered(
  log: Log | SynchronousLog,
  records: readonly LogRecord[],
  world: World,
  ledger: LogLedger,
): void {
  const { firstSequence, lastSequence, checkpointList } = log
  records.forEach(({ sequence }, at) => {
    const due = firstSequence + at
    if (sequence !== due) throw new Violation(`record ${sequence} stands where ${due} should`)
  })
  ledger.recovered(records.map(({ payload }) => payload), firstSequence)
  ledger.foundMark((checkpointList[0] ?? 0) + ((checkpointList[1] ?? 0) << 8))
  const row = log.recovery.row ?? 'created'
  const range = records.length === 0 ? 'no records' : `records ${firstSequence} to ${lastSequence}`
  world.note(`-- recovered ${range} by '${row}', as promised`)
  if (lastSequence === firstSequence + records.length - 1) return
  // A storage that lied may have lost what the floor was raised for: then there is nothing, and nothing false.
  if (world.isBetrayed && records.length === 0) return
  throw new Violation(`it says that it has records ${firstSequence} to ${lastSequence}, and gives ${records.length}`)
}
