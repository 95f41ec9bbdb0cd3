import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, openLogSync, type LogOptions } from '../../src/index.ts'
import { failure } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'

/** Options as a caller without types may pass them. */
function options(bad: Readonly<Record<string, unknown>>): LogOptions {
  return { storage: memoryStorage(), ...bad }
}

const refused: readonly { readonly option: string; readonly values: readonly unknown[] }[] = [
  { option: 'durability', values: ['fast', 'SYNC', 1] },
  { option: 'segmentBytes', values: [0, 4095, 4096.5, Number.NaN, 2 ** 36, '65536', 4096 * 3 + 128] },
  { option: 'blockBytes', values: [0, 64, 131_072, 384, 4097, Number.NaN] },
  { option: 'commitAlignment', values: ['page', true] },
  { option: 'maxRecordBytes', values: [0, -1, 1.5, 2 ** 40] },
  { option: 'checksum', values: ['md5', 1] },
  { option: 'verify', values: ['none', false] },
  { option: 'tornTail', values: ['keep'] },
  { option: 'visibility', values: ['all'] },
  { option: 'kernel', values: ['wasm'] },
  { option: 'stagingBytes', values: [0, 4088, 4100, 2 ** 29, Number.POSITIVE_INFINITY] },
  { option: 'readBytes', values: [0, 4088, 4100, 2 ** 29] },
]

const nested: readonly { readonly group: string; readonly option: string; readonly values: readonly unknown[] }[] = [
  { group: 'group', option: 'maxDelayMs', values: [-1, 10_001, Number.NaN] },
  { group: 'group', option: 'maxBytes', values: [0, 0.5] },
  { group: 'group', option: 'maxRecords', values: [0, Number.NaN] },
  { group: 'async', option: 'maxUnsyncedBytes', values: [0, -1, 1.5] },
  { group: 'async', option: 'maxUnsyncedMs', values: [-1, 3_600_001, Number.NaN] },
  { group: 'queue', option: 'maxBytes', values: [0, 1.5] },
  { group: 'queue', option: 'onFull', values: ['drop'] },
]

describe('an option that is out of range', () => {
  it.each(refused)('is named: $option', async ({ option, values }) => {
    for (const value of values) {
      const error = await failure('INVALID_ARGUMENT', () => openLog(options({ [option]: value })))
      expect(error.context.option).toBe(option)
      expect(error.message).toContain(`${option} is ${String(value)}; it must be`)
      await failure('INVALID_ARGUMENT', () => openLogSync(options({ [option]: value })))
    }
  })

  it.each(nested)('is named: $group.$option', async ({ group, option, values }) => {
    for (const value of values) {
      const error = await failure('INVALID_ARGUMENT', () => openLog(options({ [group]: { [option]: value } })))
      expect(error.context.option).toBe(`${group}.${option}`)
    }
  })

  it('changes nothing and leaves nothing locked', async () => {
    const storage = memoryStorage()
    await failure('INVALID_ARGUMENT', () => openLog({ storage, blockBytes: 3 }))
    expect(storage.snapshot().files.size).toBe(0)
    const log = await openLog({ storage })
    await log.close()
  })

  it('is noticed when it leaves no room for a record', async () => {
    const error = await failure('INVALID_ARGUMENT', () => openLog(options({ segmentBytes: 4096, blockBytes: 4096 })))
    expect(error.context.option).toBe('segmentBytes')
    expect(error.message).toMatch(/at least about \d+ with blocks of 4096 bytes/)
  })
})

describe('the smallest segments that each block size allows', () => {
  it.each([128, 512, 4096, 65_536])('hold a record and its successors: %i', async (blockBytes) => {
    for (const commitAlignment of ['frame', 'block'] as const) {
      let segmentBytes = Math.max(4096, blockBytes)
      const storage = memoryStorage()
      const opened = async (): Promise<Awaited<ReturnType<typeof openLog>>> => {
        for (;;) {
          try {
            return await openLog({ storage, segmentBytes, blockBytes, commitAlignment })
          } catch {
            segmentBytes += blockBytes
          }
        }
      }
      const log = await opened()
      expect(segmentBytes).toBeLessThanOrEqual(Math.max(4096, 5 * blockBytes))
      for (let n = 0; n < 5; n += 1) await log.append(payload(n, 900))
      await log.close()
    }
  })
})
