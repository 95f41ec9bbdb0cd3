// Somebody whose records make a state: published, given up behind it, and made again by the next process.
import { createCheckpointPublisher, openLog, recover, type Log } from 'varve'

const directory = './data'
const options = { segmentBytes: 65_536, durability: 'group', recycle: true } as const

/** What the log holds the changes of. */
async function totalOf(log: Log): Promise<{ total: number; restored: number | undefined; applied: number }> {
  let total = 0
  const { checkpoint, records } = await recover(log, {
    async restore(state) {
      for await (const chunk of state) total = Number(new TextDecoder().decode(chunk))
    },
    apply: ({ payload }) => { total += payload[0] ?? 0 },
  })
  return { total, restored: checkpoint?.sequence, applied: records }
}

async function add(log: Log, records: number): Promise<void> {
  const record = new Uint8Array(1000).fill(1)
  await Promise.all(Array.from({ length: records }, () => log.append(record)))
}

const log = await openLog(directory, options)
const before = await totalOf(log)
const publisher = createCheckpointPublisher(log, { keep: 1 })
await add(log, 500)
const { reclaimed } = await publisher.publish(new TextEncoder().encode('500'))
await add(log, 7)
const { recycled } = log.stats()
await log.close()

const again = await openLog(directory, options)
const after = await totalOf(again)
await again.close()
const { floor, removed } = reclaimed
console.log(JSON.stringify({ before, after, floor, removed: removed.length, recycled: typeof recycled }))
