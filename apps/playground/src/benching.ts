import type { ConnectedLog } from 'varve'
import { connect } from './connection.ts'
import { askLab, Lab } from './lab.ts'
import type { BenchTurn, Burst } from './logic/asks.ts'
import { measureBursts } from './logic/bursts.ts'
import { benchDirectory, benchSegmentBytes, turnRecords } from './logic/names.ts'

/** Everything that was measured. Samples in milliseconds. */
export interface BenchResult extends BenchTurn {
  /** Appends from the page, through the port. */
  readonly port: readonly number[]
  readonly burst: Burst
  readonly portBurst: Burst
  readonly bytes: number
}

const portDirectory = `${benchDirectory}-port`

/** Measures raw writes and appends in a worker, and appends from the page, in turns; then bursts. */
export async function runBench(records: number, bytes: number, said: (what: string) => void): Promise<BenchResult> {
  using lab = new Lab()
  const opening = { durability: 'sync', verify: 'seals', segmentBytes: benchSegmentBytes } as const
  const { log: connected } = await connect(opening, portDirectory)
  try {
    const payload = crypto.getRandomValues(new Uint8Array(bytes))
    const raw: number[] = []
    const log: number[] = []
    const port: number[] = []
    for (let done = 0; done < records + turnRecords; done += turnRecords) {
      const turn = await lab.ask({ kind: 'bench-turn', payload })
      const portTurn = await appendTurn(connected, payload)
      said(`Measured ${done} of ${records} records, each in three ways …`)
      // The first turn warms up.
      if (done === 0) continue
      raw.push(...turn.raw)
      log.push(...turn.log)
      port.push(...portTurn)
    }
    const burst = await lab.ask({ kind: 'bench-bursts', payload })
    return { raw, log, port, burst, portBurst: await measureBursts(connected, payload, () => performance.now()), bytes }
  } finally {
    await connected.close()
    await askLab({ kind: 'remove', directory: portDirectory })
  }
}

async function appendTurn(log: ConnectedLog, payload: Uint8Array): Promise<number[]> {
  const samples: number[] = []
  for (let at = 0; at < turnRecords; at += 1) {
    const began = performance.now()
    await log.append(payload)
    samples.push(performance.now() - began)
  }
  return samples
}
