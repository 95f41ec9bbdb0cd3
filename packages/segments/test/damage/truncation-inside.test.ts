import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLogSync } from '../../src/index.ts'
import { buildImage, withFile } from '../support/damage-image.ts'
import { outcomeOf } from '../support/damage-verdict.ts'
import { segmentsOf, type PlainSegment } from '../support/log-files.ts'
import { intercept } from '../support/log-intercept.ts'
import { readAllSync } from '../support/log-records.ts'

describe('a segment that is not the last, cut at any length', () => {
  it('is damaged, unless all that is gone lies behind where it ends', () => {
    const image = buildImage()
    const all = segmentsOf(image.snapshot)
    all.slice(0, -1).forEach(({ name, bytes, frames }, at) => {
      const { cut } = (all[at + 1] as PlainSegment).header
      const sealEnd = frames.at(-1)?.end as number
      for (let size = 0; size < bytes.length; size += 1) {
        const damaged = withFile(image.snapshot, name, bytes.slice(0, size))
        for (const verify of ['seals', 'all'] as const) {
          // Zeros and trailer of a sealed segment are for whoever asks for every byte.
          const isWhole = cut > 0 ? size >= cut : verify === 'seals' && size >= sealEnd
          const outcome = outcomeOf(image, damaged, { ...image.options, verify })
          expect(outcome.kind).toBe(isWhole ? 'harmless' : 'reported')
        }
      }
    })
  })
})

describe('a storage that gives fewer bytes than a file has', () => {
  const { snapshot, options, records } = buildImage()
  const { name } = segmentsOf(snapshot).at(-1) as PlainSegment

  function openWith(misread: (count: number) => number): number {
    const storage = intercept(memoryStorage({ snapshot }), (operation, perform) => {
      const result = perform()
      const strays = operation.kind === 'read' && operation.name === name && typeof result === 'number'
      return strays ? (misread(result) as typeof result) : result
    })
    return readAllSync(openLogSync({ storage, readOnly: true, ...options })).length
  }

  it('is read on: what a short read leaves out is not the end of the log', () => {
    let reads = 0
    const everyOther = (count: number): number => {
      reads += 1
      return reads % 2 === 0 ? count : Math.floor(count / 2)
    }
    expect(openWith(everyOther)).toBe(records.length)
  })

  it('ends where a file turns out to end that said it was longer', () => {
    const { bytes, frames } = segmentsOf(snapshot).at(-1) as PlainSegment
    const shorter = withFile(snapshot, name, bytes.slice(0, frames.at(-1)?.end))
    const counts = [0, 1, 2, 3, 4, 5, 6, 7].map((honest) => {
      let asked = 0
      const storage = intercept(memoryStorage({ snapshot: shorter }), (operation, perform) => {
        const result = perform()
        if (operation.kind !== 'size' || operation.name !== name || typeof result !== 'number') return result
        asked += 1
        return asked === honest + 1 ? ((result + 8) as typeof result) : result
      })
      try {
        return readAllSync(openLogSync({ storage, readOnly: true, ...options })).length
      } catch (error) {
        expect(String(error)).toMatch(/SHORT_READ/)
        return records.length
      }
    })
    expect(new Set(counts)).toEqual(new Set([records.length]))
  })

  it('is refused when nothing more comes', () => {
    expect(() => openWith(() => 0)).toThrow(/^SHORT_READ: the storage gives nothing at byte 0 of /)
  })

  it.each([-1, 0.5, Number.NaN, 32_758])('is refused when it says that it read %d bytes', (count) => {
    expect(() => openWith(() => count)).toThrow(/^IO: .*the storage says that it read/)
  })
})
