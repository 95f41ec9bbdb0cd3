import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openLogSync } from '@varve/segments'
import { memoryStorage, type MemoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { copiesDirectory, goldenPayload, goldenState } from '../../../fixtures/make-copies-1.ts'
import { createCheckpointPublisherSync, recoverSync } from '../src/index.ts'

const small = { segmentBytes: 4096, blockBytes: 128, readBytes: 4096, stagingBytes: 4096 } as const

function golden(without: string[] = []): MemoryStorage {
  const directory = join(copiesDirectory, 'checkpointed')
  const names = readdirSync(directory).filter((name) => !without.includes(name))
  const files = names.map((name) => [name, new Uint8Array(readFileSync(join(directory, name)))] as const)
  return memoryStorage({ snapshot: { files: new Map(files), generation: 0 } })
}

function recovered(storage: MemoryStorage): { readonly state: Uint8Array; readonly records: number[]; from: number } {
  const log = openLogSync({ storage, ...small })
  let state = new Uint8Array(0)
  const records: number[] = []
  const { checkpoint } = recoverSync(log, {
    restore(chunks) {
      state = Uint8Array.from(Buffer.concat([...chunks]))
    },
    apply({ sequence, payload }) {
      expect(payload).toEqual(goldenPayload(sequence))
      records.push(sequence)
    },
  })
  log.closeSync()
  return { state, records, from: checkpoint?.sequence ?? 0 }
}

describe('the checkpoints that the first release left', () => {
  it('are recovered from, the newest first', () => {
    expect(recovered(golden())).toEqual({ state: goldenState(11), records: [12], from: 11 })
    const newest = '000000000000000b.checkpoint'
    expect(recovered(golden([newest]))).toMatchObject({ state: goldenState(3), from: 3 })
  })

  it('have the bytes that publishing the same state writes today', () => {
    const storage = golden()
    const bytes = storage.snapshot().files.get('000000000000000b.checkpoint')
    const log = openLogSync({ storage, ...small })
    storage.remove('000000000000000b.checkpoint')
    createCheckpointPublisherSync(log).publishSync(goldenState(11), { sequence: 11 })
    log.closeSync()
    expect(storage.snapshot().files.get('000000000000000b.checkpoint')).toEqual(bytes)
  })
})
