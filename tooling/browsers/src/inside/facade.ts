// What a page does that imports `varve`: no worker of its own, no storage. The driver calls what it leaves for it.
import { openLog, type Log } from 'varve'
import { orders } from './orders.ts'
import { payloadOf, readPayload } from './payloads.ts'
import { tell } from './tell.ts'

const { bytesMax, segmentBytes } = orders() as { readonly bytesMax?: number; readonly segmentBytes?: number }
const payloadBytesMax = bytesMax ?? 600
let log: Log | undefined

function opened(): Log {
  if (log === undefined) throw new Error('the log is not open')
  return log
}

/** Appends one after the other, and tells each acknowledgement before it goes on. */
async function append(producer: number, count: number): Promise<void> {
  const to = opened()
  for (let n = 1; n <= count; n += 1) {
    const sequence = await to.append(payloadOf(producer, n, payloadBytesMax))
    tell('acknowledged', [sequence, producer, n])
  }
}

/** What the driver calls. Plain values go in and come out. */
const facade = {
  async open(directory: string): Promise<void> {
    log = await openLog(directory, segmentBytes === undefined ? {} : { segmentBytes })
    void log.failed.then(({ code }) => { tell('log failed', code) })
  },
  append,
  /** The same, beside whoever called. */
  begin(producer: number): void {
    append(producer, Infinity).catch((error: unknown) => { tell('refused', String(error)) })
  },
  async read(): Promise<object> {
    const records: [sequence: number, producer: number, n: number][] = []
    for await (const { sequence, payload } of opened().read()) {
      const { producer, n } = readPayload(payload, payloadBytesMax)
      records.push([sequence, producer, n])
    }
    return { row: opened().recovery.row ?? 'created', records }
  },
}

Object.assign(globalThis, { facade })
