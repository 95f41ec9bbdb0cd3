// Somebody who brings a platform of their own, and takes only the parts.
import { createCheckpointPublisher, recover } from '@varve/checkpoint'
import { openLog } from '@varve/segments'
import { memoryStorage } from '@varve/storage-memory'

declare const console: { log(text: string): void }

const storage = memoryStorage()
const log = await openLog({ storage })
await log.append(Uint8Array.of(1))
await createCheckpointPublisher(log).publish(Uint8Array.of(1))
await log.append(Uint8Array.of(2))

// Not closed: what a killed process leaves behind.
const again = await openLog({ storage: memoryStorage({ snapshot: storage.snapshot() }) })
const state: number[] = []
await recover(again, {
  async restore(chunks) {
    for await (const chunk of chunks) state.push(...chunk)
  },
  apply: ({ payload }) => { state.push(...payload) },
})
await again.close()
await log.close()
console.log(JSON.stringify({ state }))
