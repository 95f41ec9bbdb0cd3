import { describe, expect, it } from 'vitest'
import { openLogSync, promoteReplicaSync, type StreamChunk } from '../../src/index.ts'
import { payload, readAllSync } from '../support/log-records.ts'
import { failure } from '../support/log-promises.ts'
import { segmentsOf } from '../support/log-files.ts'
import { withFile } from '../support/damage-image.ts'
import { small, storageOf } from '../support/replica-pair.ts'
import { appendSmall, received, streamed } from '../support/replica-parts.ts'

const roomy = { ...small, segmentBytes: 32_768 }

/** Two records, then a batch that is streamed in several pieces. */
const batched = streamed((log) => {
  appendSmall(log, 2)
  log.appendBatchSync(Array.from({ length: 12 }, (_, at) => payload(at + 3, 900)))
  appendSmall(log, 1)
}, roomy)

/** As many pieces as end inside the batch. */
function upToInsideBatch(): StreamChunk[][] {
  const splits = batched.map((_, at) => batched.slice(0, at + 1)).slice(1, -1)
  expect(splits.length).toBeGreaterThan(1)
  return splits
}

describe('a replica that ends in the middle of a batch', () => {
  it('shows nothing of it, and calls nothing damaged', () => {
    for (const chunks of upToInsideBatch()) {
      const log = openLogSync({ storage: received(chunks), ...roomy, readOnly: true, visibility: 'durable' })
      expect([log.recovery.damage, log.lastSequence, log.durableSequence]).toEqual([[], 2, 2])
    }
  })

  it('becomes a log without it, and that log goes on', () => {
    for (const chunks of upToInsideBatch()) {
      const storage = received(chunks)
      const log = promoteReplicaSync({ storage, ...roomy })
      expect([log.lastSequence, log.recovery.row]).toEqual([2, 'last.torn-batch'])
      expect(log.appendSync(payload(3, 50))).toBe(3)
      log.closeSync()
      const again = openLogSync({ storage, ...roomy, verify: 'all' })
      expect(readAllSync(again).map(({ sequence }) => sequence)).toEqual([1, 2, 3])
      again.closeSync()
    }
  })

  it('is damaged where its synced bytes are', async () => {
    const [chunks = []] = upToInsideBatch()
    const { position } = { position: chunks.at(-1)?.from.offset ?? 0 }
    const storage = received(chunks)
    const snapshot = storage.snapshot()
    const [segment] = segmentsOf(snapshot)
    if (segment === undefined) throw new Error('no segment')
    const bytes = segment.bytes.slice()
    bytes[position + 60] = (bytes[position + 60] as number) ^ 1
    const damaged = storageOf(withFile(snapshot, segment.name, bytes))
    const { context } = await failure('CORRUPT', () => promoteReplicaSync({ storage: damaged, ...roomy }))
    expect(context.row).toBe('last.below-durable-end')
  })
})
