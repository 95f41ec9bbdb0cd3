// Opens a log on OPFS as its next writer, tells all its records, and appends one more to show that it can.
import { explain } from '@varve/portable-tests/run'
import { openLog } from '@varve/segments'
import { storageAt, type Place } from './adapter.ts'
import { orders, type Orders } from './orders.ts'
import { payloadOf, readPayload } from './payloads.ts'
import { tell } from './tell.ts'

/** What a reader is told to do. */
export interface ReaderOrders extends Place {
  readonly segmentBytes: number
  readonly bytesMax: number
  /** Whose record it appends. */
  readonly producer: number
}

const told = orders() as Orders & ReaderOrders
const { segmentBytes, bytesMax, producer } = told

try {
  const storage = await storageAt(told)
  const log = await openLog({ storage, ownsStorage: true, segmentBytes, verify: 'all' })
  const { names } = storage.capabilities
  const records: [sequence: number, producer: number, n: number][] = []
  for await (const { sequence, payload } of log.read()) {
    const read = readPayload(payload, bytesMax)
    records.push([sequence, read.producer, read.n])
  }
  const appended = await log.append(payloadOf(producer, 1, bytesMax))
  const segments = log.segments.length
  await log.close()
  tell('read', { row: log.recovery.row ?? 'created', names, segments, records, appended })
} catch (error) {
  tell('failed', explain(error))
}
