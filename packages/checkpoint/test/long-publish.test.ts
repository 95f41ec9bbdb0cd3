import { openLog, type Log } from '@varve/segments'
import { asynchronousRuntime, type Procedure } from '@varve/storage'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { createCheckpointPublisher } from '../src/index.ts'
import { bytes, failure, geometry, named } from './support/programs.ts'
import { TracedStorage } from './support/traced-storage.ts'

describe('a publish that takes long', () => {
  const ends: Readonly<Record<string, (disk: TracedStorage, log: Log) => Promise<unknown>>> = {
    POISONED: async (disk, log) => {
      disk.loseLock('somebody took it')
      await log.failed
    },
    CLOSED: async (_, log) => { await log.close() },
  }
  it.each(['POISONED', 'CLOSED'] as const)(
    'asks for no more, names no file and removes none when its log is %s: the next one may write the same',
    async (code) => {
      const disk = new TracedStorage({ isAsync: true })
      const log = await openLog({ ...geometry, storage: disk.storage })
      const told: string[] = []
      async function* state(): AsyncGenerator<Uint8Array> {
        try {
          await ends[code]?.(disk, log)
          yield bytes('late')
          told.push('asked')
        } finally {
          told.push('ended')
        }
      }
      await failure(code, () => createCheckpointPublisher(log).publish(state()))
      expect(told).toEqual(['ended'])
      expect(disk.lines.filter((line) => /^(rename|remove) .*checkpoint/.test(line))).toEqual([])
      expect(disk.open.filter((name) => name.includes('checkpoint'))).toEqual([])
      await log.close()
      const next = await openLog({ ...geometry, storage: disk.storage })
      const { removed } = await createCheckpointPublisher(next).publish(bytes('next'))
      expect(removed).toEqual([`${named(0)}.new`])
      await next.close()
    },
  )

  it('creates no file when its log was closed while it looked at those that are there', async () => {
    const disk = new TracedStorage({ isAsync: true })
    const log = await openLog({ ...geometry, storage: disk.storage })
    const publisher = createCheckpointPublisher(log)
    disk.before = async (line) => {
      if (line !== 'list') return
      disk.before = () => {}
      await log.close()
    }
    await failure('CLOSED', () => publisher.publish(bytes('late')))
    expect(disk.lines.filter((line) => /^create .*checkpoint/.test(line))).toEqual([])
  })

  it('gives others a turn in the middle of a large piece', async () => {
    const runtime = asynchronousRuntime()
    let turns = 0
    function* turn(): Procedure<void> {
      turns += 1
      yield* runtime.turn()
    }
    const log = await openLog({ ...geometry, storage: memoryStorage(), runtime: { ...runtime, turn } })
    const publisher = createCheckpointPublisher(log)
    await publisher.publish(new Uint8Array(0))
    const before = turns
    log.enqueue(bytes('record'))
    await publisher.publish(new Uint8Array(5 * 1_048_576))
    expect(turns - before).toBeGreaterThanOrEqual(5)
    await log.close()
  })
})
