import { asynchronousRuntime } from '@varve/storage'
import { describe, expect, it } from 'vitest'
import { Exclusive } from '../../src/exclusive.ts'
import { trailerBytes } from '../../src/format/trailer.ts'
import { openReplica, openReplicaSync } from '../../src/index.ts'
import { quiet } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { failure, watch } from '../support/log-promises.ts'
import { filesIn, small, storageOf } from '../support/replica-pair.ts'
import { appendLarge, appendSmall, streamed } from '../support/replica-parts.ts'

const chunks = streamed((log) => {
  appendSmall(log, 5)
  appendLarge(log, 3)
})
const whole = storageOf()
openReplicaSync({ storage: whole }).receiveSync(chunks)

describe('calls of an asynchronous replica', () => {
  it('run one after the other, in their order, whoever does not wait', async () => {
    const disk = new ControlledStorage({ asynchronous: true })
    const replica = await openReplica({ storage: disk.storage })
    await Promise.all(chunks.flatMap((chunk) => [replica.write(chunk), replica.sync()]))
    expect([replica.synced, replica.floor]).toEqual([chunks.at(-1)?.to, 1])
    await replica.close()
    expect(disk.offences).toEqual([])
    expect(filesIn(disk.snapshot())).toEqual(filesIn(whole.snapshot()))
  })

  it('go on behind one that was refused', async () => {
    const disk = new ControlledStorage({ asynchronous: true })
    const replica = await openReplica({ storage: disk.storage })
    const [first, second, third] = chunks
    if (first === undefined || second === undefined || third === undefined) throw new Error('no chunks')
    const writes = [first, third, second].map((chunk) => watch(replica.write(chunk)))
    await quiet()
    expect(writes.map(({ state }) => state)).toEqual(['resolved', 'rejected', 'resolved'])
    await failure('INVALID_ARGUMENT', () => { throw writes[1]?.error })
    expect(replica.position).toEqual(second.to)
    await replica.close()
  })

  it('that come while the turn is handed on do not overtake those that wait', async () => {
    const runtime = asynchronousRuntime()
    const turns = new Exclusive(runtime)
    const gate = runtime.gate()
    const order: string[] = []
    const go = (name: string): unknown =>
      runtime.run(turns.run(function* () {
        if (name === 'first') yield* gate.wait()
        order.push(name)
        // Nobody waits here, and the next one is told in a microtask.
        if (name === 'first') queueMicrotask(() => undefined)
      }))
    const running = [go('first'), go('second'), go('third')]
    gate.open()
    // Comes between the end of the first and the beginning of the second.
    queueMicrotask(() => { running.push(go('late')) })
    await quiet()
    await Promise.all(running)
    expect(order).toEqual(['first', 'second', 'third', 'late'])
  })
})

describe('receive', () => {
  async function* slowly(): AsyncGenerator<(typeof chunks)[number], void, undefined> {
    for (const chunk of chunks) {
      await quiet()
      yield chunk
    }
  }

  it('syncs each piece before it asks for the next', async () => {
    const replica = await openReplica({ storage: storageOf() })
    const positions: unknown[] = []
    async function* watched(): AsyncGenerator<(typeof chunks)[number], void, undefined> {
      for await (const chunk of slowly()) {
        positions.push(replica.synced)
        yield chunk
      }
    }
    await replica.receive(watched())
    const frames = chunks.filter(({ from }) => from.offset > 0 && from.offset < small.segmentBytes - trailerBytes)
    expect(positions.slice(1)).toHaveLength(chunks.length - 1)
    expect(positions[0]).toBeUndefined()
    for (const { from } of frames) expect(positions).toContainEqual(from)
    await replica.close()
  })

  it('ends the stream when a piece is refused', async () => {
    const replica = await openReplica({ storage: storageOf() })
    let isEnded = false
    async function* twice(): AsyncGenerator<(typeof chunks)[number], void, undefined> {
      try {
        for (const chunk of chunks) {
          await quiet()
          yield chunk
          yield chunk
        }
      } finally {
        isEnded = true
      }
    }
    await failure('INVALID_ARGUMENT', () => replica.receive(twice()))
    expect(isEnded).toBe(true)
    await replica.close()
  })
})
