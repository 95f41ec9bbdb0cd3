// Somebody who keeps a copy of a log with its checkpoints in another directory, and goes on with it.
import {
  copyCheckpoints,
  createCheckpointPublisher,
  openLog,
  openReplica,
  promoteReplica,
  recover,
  type StreamChunk,
} from 'varve'

const log = await openLog('./primary', { segmentBytes: 65_536 })
for (let n = 1; n <= 200; n += 1) await log.append(new Uint8Array(1000).fill(n))
await createCheckpointPublisher(log, { keep: 1 }).publish(new TextEncoder().encode('the first two hundred'))
await log.append(new Uint8Array(1))

const replica = await openReplica('./copy')
/** As if it came from another machine: bytes as they are, places as JSON. */
async function* overTheWire(chunks: AsyncIterable<StreamChunk>): AsyncGenerator<StreamChunk> {
  for await (const { from, to, bytes } of chunks) {
    const places = JSON.parse(JSON.stringify({ from, to })) as Pick<StreamChunk, 'from' | 'to'>
    yield { ...places, bytes: bytes.slice() }
  }
}
await replica.receive(overTheWire(log.stream({ from: replica.position })))
const copy = await openLog('./copy', { readOnly: true })
const { present } = await copyCheckpoints(log, copy)
await copy.close()
await replica.close()
await log.close()

const promoted = await promoteReplica('./copy')
let state = ''
const { records } = await recover(promoted, {
  async restore(chunks) {
    for await (const chunk of chunks) state += new TextDecoder().decode(chunk)
  },
  apply: () => {},
})
const next = await promoted.append(new Uint8Array(1))
await promoted.close()
console.log(JSON.stringify({ checkpoints: present.length, state, records, next }))
