import type { Burst } from './asks.ts'
import { burstRecords, burstTurns } from './names.ts'

/** What a burst needs of a log, whichever side of a port it is on. */
export interface BurstLog {
  append(payload: Uint8Array): Promise<number>
  stats(): { readonly syncs: number } | Promise<{ readonly syncs: number }>
}

/** Appends many records in one turn, several times, and returns the burst that took the median of their times. */
export async function measureBursts(log: BurstLog, payload: Uint8Array, now: () => number): Promise<Burst> {
  const bursts: Burst[] = []
  for (let turn = 0; turn < burstTurns; turn += 1) {
    const { syncs } = await log.stats()
    const began = now()
    await Promise.all(Array.from({ length: burstRecords }, () => log.append(payload)))
    const ms = now() - began
    bursts.push({ records: burstRecords, ms, syncs: (await log.stats()).syncs - syncs })
  }
  return bursts.sort((one, other) => one.ms - other.ms)[(burstTurns - 1) / 2]!
}
