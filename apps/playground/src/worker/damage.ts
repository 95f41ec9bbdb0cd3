import { isVarveError, openLog, opfsStorage, removeOpfsStorage, type Log } from 'varve/opfs'
import type { Flip, Intact } from '../logic/asks.ts'
import { failureOf, locationOf, type Location } from '../logic/failure.ts'
import { logDirectory } from '../logic/names.ts'

/** How long to wait for the worker that has just closed the log, in milliseconds. */
const waitMs = 3000

/** Flips bits of one byte, as a device that has gone bad would. Doing it twice undoes it. */
export async function flip(name: string, position: number, mask: number): Promise<Flip> {
  const storage = opfsStorage({ directory: logDirectory, waitMs })
  try {
    const file = await storage.open(name, 'existing')
    const byte = new Uint8Array(1)
    await file.read(byte, position)
    const before = byte[0]!
    const after = before ^ mask
    await file.write(Uint8Array.of(after), position)
    await file.sync()
    await file.close()
    return { before, after }
  } finally {
    await storage.close()
  }
}

/** Reads what can be read: where something is damaged, it goes on behind the records that are at stake. */
export async function readIntact(): Promise<Intact> {
  const storage = opfsStorage({ directory: logDirectory, waitMs })
  try {
    const log = await openLog({ storage, readOnly: true, verify: 'all' })
    const ranges: [number, number][] = []
    const met: Location[] = []
    for (let from = log.firstSequence; from <= log.lastSequence;) {
      const { next, damage } = await readRun(log, from)
      if (next > from) ranges.push([from, next - 1])
      if (damage !== undefined) met.push(damage)
      // Where it is not known how far the damage reaches, nothing behind it can be asked for.
      from = Math.max(next, damage === undefined ? Infinity : (damage.lastSequence ?? Infinity) + 1)
    }
    const known = log.recovery.damage.flatMap((one) => locationOf({ ...one }) ?? [])
    await log.close()
    const records = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0)
    return { records, ranges, damage: known.length > 0 ? known : met }
  } finally {
    await storage.close()
  }
}

/** Reads from `from` on, to the end or to the first damage. */
async function readRun(log: Log, from: number): Promise<{ next: number; damage: Location | undefined }> {
  let next = from
  try {
    for await (const { sequence } of log.read({ from })) next = sequence + 1
    return { next, damage: undefined }
  } catch (error) {
    if (!isVarveError(error, 'CORRUPT')) throw error
    return { next, damage: locationOf(failureOf(error).context) }
  }
}

/** Removes a log with all of its files. */
export async function remove(directory: string): Promise<null> {
  await removeOpfsStorage({ directory, waitMs })
  return null
}
