import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLogSync } from '../../src/index.ts'
import { killedLog } from '../support/crash-evidence.ts'
import { forgeFrame, reheaded, withBytes } from '../support/crash-forge.ts'
import { smallGeometry } from '../support/damage-image.ts'
import { boundedStorage } from '../support/log-bounded.ts'
import { intercept, type Around } from '../support/log-intercept.ts'
import { readAllSync } from '../support/log-records.ts'

/** Bytes that lie under right checksums, as a fault of another writer would make them. */
describe('a log that says what is not so', () => {
  const { disk, cut, last } = killedLog()
  const end = last.frames.find(({ kind }) => kind === 'mark')?.position ?? 0

  it('ends a reader where a segment holds less than its successor begins behind', () => {
    const tooLow = cut.frames[2]?.position
    if (tooLow === undefined) throw new Error('three records were expected')
    const { storage } = boundedStorage(reheaded(disk, last.name, { cut: tooLow }))
    const log = openLogSync({ storage, ...smallGeometry })
    const place = { file: cut.name, position: tooLow, row: 'reading', firstSequence: 8, lastSequence: 8 }
    const context: unknown = expect.objectContaining(place)
    const damage: unknown = expect.objectContaining({ code: 'CORRUPT', context })
    const seen: number[] = []
    expect(() => log.replaySync(({ sequence }) => seen.push(sequence))).toThrow(damage)
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(() => log.getSync(8)).toThrow(damage)
    expect(readAllSync(log, { from: 9 }).map(({ sequence }) => sequence)).toEqual([9, 10, 11])
    log.closeSync()
  })

  /** The last frame announces more than there is, behind it there is more than fills the buffer. */
  function announcing(announces: number): MemorySnapshot {
    const frame = forgeFrame(last.header, end, { type: 1, sequence: 12, timestamp: 110, announces })
    const large = withBytes(reheaded(disk, last.name, { capacity: 2 ** 35 - 8 }), last.name, 9000, Uint8Array.of(1))
    return withBytes(large, last.name, end, frame)
  }

  it.each([2 ** 31, 2 ** 29, 9000])('is asked for no more than it has when a frame announces %d', (announces) => {
    for (const readOnly of [false, true]) {
      const bounded = boundedStorage(announcing(announces))
      const log = openLogSync({ storage: bounded.storage, ...smallGeometry, readOnly })
      expect(log.recovery).toMatchObject({ row: 'last.torn-tail', lastSequence: 11 })
      expect(bounded.largestReadBytes).toBeLessThanOrEqual(4096)
      log.closeSync()
    }
  })

  it('is refused for a record that is there and larger than can be read at once, and stays as it is', () => {
    const shown = announcing(2 ** 31)
    const memory = memoryStorage({ snapshot: shown })
    // No test can afford a file of that size.
    const around: Around = ({ kind, name }, perform) => {
      return kind === 'size' && name === last.name ? (2 ** 32 as never) : perform()
    }
    const context: unknown = expect.objectContaining({ file: last.name, position: end, bytes: 2 ** 31 + 40 })
    const refusal: unknown = expect.objectContaining({ code: 'RECORD_TOO_LARGE', context })
    expect(() => openLogSync({ storage: intercept(memory, around), ...smallGeometry })).toThrow(refusal)
    expect(memory.snapshot().files).toEqual(shown.files)
  })
})
