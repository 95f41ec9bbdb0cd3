// Opens a log on OPFS as its next writer, tells all its records, and appends one more to show that it can.
import { explain } from '@varve/portable-tests/run'
import { openLog } from '@varve/segments'
import { opfsStorage } from '@varve/storage-opfs'
import { orders, type Orders } from './orders.ts'
import { payloadOf, readPayload } from './payloads.ts'
import { tell } from './tell.ts'

/** What a reader is told to do. */
export interface ReaderOrders {
  readonly directory: string
  readonly segmentBytes: number
  readonly bytesMax: number
  /** Whose record it appends. */
  readonly producer: number
}

const { directory, segmentBytes, bytesMax, producer } = orders() as Orders & ReaderOrders

try {
  // Whoever was killed may be dying still.
  const log = await openLog({ storage: opfsStorage({ directory, waitMs: 5000 }), segmentBytes, verify: 'all' })
  const records: [sequence: number, producer: number, n: number][] = []
  for await (const { sequence, payload } of log.read()) {
    const read = readPayload(payload, bytesMax)
    records.push([sequence, read.producer, read.n])
  }
  const appended = await log.append(payloadOf(producer, 1, bytesMax))
  await log.close()
  tell('read', { row: log.recovery.row ?? 'created', records, appended })
} catch (error) {
  tell('failed', explain(error))
}
