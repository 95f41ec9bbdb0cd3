import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Measurement, Place } from '../measurement.ts'
import type { OpenPeer } from '../peers/peer.ts'
import { rowsOf, type Measured, type Row } from '../row.ts'
import type { Scale } from '../scale.ts'
import { bytesText } from '../sizes.ts'
import { takeTurns, timedEither, type Contender } from '../turns.ts'
import { filledLog, readAll } from './reading.ts'

const payloadBytesMax = 65_536

/** All records of a log read in order, beside peers that hold the same records. */
export function scans({ payloads }: Scale): readonly Measurement[] {
  return payloads
    .filter((payloadBytes) => payloadBytes <= payloadBytesMax)
    .map((payloadBytes) => ({
      name: `scan ${bytesText(payloadBytes)}`,
      run: (place) => measureScans(place, payloadBytes),
    }))
}

async function measureScans({ directory, scale, peers }: Place, payloadBytes: number): Promise<readonly Row[]> {
  const records = Math.min(scale.scanRecordsMax, Math.ceil(scale.scanBytes / payloadBytes))
  const log = await filledLog(join(directory, 'log'), payloadBytes, records)
  const perSecond = (many: number, ms: number): number => many / (ms / 1000)
  const total = log.lastSequence
  const contenders: Record<string, Contender> = {
    replay: async () => perSecond(total, await timedEither(() => log.replay(() => undefined))),
    'for await … read()': async () => perSecond(total, await timedEither(() => readAll(log.read()))),
  }
  const opened: OpenPeer[] = []
  try {
    for (const peer of peers) {
      const place = join(directory, peer.name)
      mkdirSync(place)
      const open = await peer.open(place)
      opened.push(open)
      await fill(open, payloadBytes, records)
      contenders[peer.name] = async () => {
        let seen = 0
        const ms = await timedEither(() => open.scan(() => { seen += 1 }))
        if (seen !== records) throw new Error(`${peer.name} gave back ${seen} of ${records} records`)
        return perSecond(seen, ms)
      }
    }
    const samples = await takeTurns(scale.cell, contenders)
    const measured = Object.entries(samples).map(([name, rates]): Measured => ({
      name,
      samples: rates,
      point: { plot: 'scan-by-payload', line: name, x: payloadBytes },
    }))
    const group = `all records of ${bytesText(payloadBytes)} in order, ${records}, cached`
    return rowsOf(group, 'records/s', 'rates', measured)
  } finally {
    await log.close()
    for (const open of opened) await open.close()
  }
}

async function fill(open: OpenPeer, payloadBytes: number, records: number): Promise<void> {
  const payload = new Uint8Array(payloadBytes).fill(7)
  for (let done = 0; done < records; done += 1000) {
    await open.appendGroup(Array.from({ length: Math.min(1000, records - done) }, () => payload))
  }
}
