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

describe('a file that is shorter than it says', () => {
  it('ends where reading does', () => {
    const { snapshot, options, records } = buildImage()
    const { name, bytes, frames } = segmentsOf(snapshot).at(-1) as PlainSegment
    const shorter = withFile(snapshot, name, bytes.slice(0, frames.at(-1)?.end))
    const storage = intercept(memoryStorage({ snapshot: shorter }), (operation, perform) => {
      const result = perform()
      const lies = operation.kind === 'size' && operation.name === name && typeof result === 'number'
      return lies ? ((result + 8) as typeof result) : result
    })
    const log = openLogSync({ storage, readOnly: true, ...options })
    expect(readAllSync(log)).toHaveLength(records.length)
  })
})
