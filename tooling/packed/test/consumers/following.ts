// Somebody who writes entries, follows them, and looks back at what was there before.
import { jsonCodec, openLog } from 'varve'

interface Order { readonly item: string; readonly amount: number }

const log = await openLog('./orders', { entry: jsonCodec<Order>() })
const seen: string[] = []
const following = (async () => {
  for await (const { sequence, entry } of log.tail({ from: 1 })) {
    seen.push(`${sequence} ${entry.item}`)
    if (sequence === 4) return
  }
})()
await log.append({ item: 'apples', amount: 3 })
await log.appendBatch([{ item: 'pears', amount: 1 }, { item: 'plums', amount: 2 }])
const snapshot = log.log.snapshot()
await log.append({ item: 'quinces', amount: 5 })
await following
const { lastSequence } = snapshot
const hidden = await snapshot.get(4)
await snapshot.close()
await log.close()
console.log(JSON.stringify({ seen, lastSequence, hidden: hidden ?? 'not there' }))
