// Somebody who watches a log through both observers that come with it.
import diagnosticsChannel from 'node:diagnostics_channel'
import { createCheckpointPublisher, memoryStorage, openLog } from 'varve'
import { diagnosticsChannelObserver } from 'varve/diagnostics-channel'
import { openTelemetryObserver, type LogMeter } from 'varve/opentelemetry'

const told: string[] = []
for (const kind of ['opened', 'checkpoint', 'closed']) {
  diagnosticsChannel.subscribe(`varve:${kind}`, () => told.push(kind))
}
const sums: Record<string, number> = {}
const counting = (name: string) => ({
  add: (value: number) => { sums[name] = (sums[name] ?? 0) + value },
  record: (value: number) => { sums[name] = (sums[name] ?? 0) + value },
})
const meter: LogMeter = { createCounter: counting, createUpDownCounter: counting, createHistogram: counting }
const measure = openTelemetryObserver(meter)
const publish = diagnosticsChannelObserver(diagnosticsChannel)

const storage = memoryStorage()
const log = await openLog({ storage, observer: (event) => { measure(event); publish(event) } })
await log.append(new Uint8Array(100))
await createCheckpointPublisher(log).publish(new Uint8Array(1))
await log.close()
await new Promise((resolve) => { setImmediate(resolve) })
const { 'varve.log.open': open, 'varve.log.records': records, 'varve.events': events } = sums
console.log(JSON.stringify({ told, open, records, events }))
