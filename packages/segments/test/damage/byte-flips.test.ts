import { describe, expect, it } from 'vitest'
import { buildImage } from '../support/damage-image.ts'
import { allPatterns, flipEveryByte } from '../support/damage-flips.ts'

describe('a changed byte, opened with verify all', () => {
  it('is reported at open with its file and place, unless it belongs to nothing that had been promised', () => {
    const image = buildImage()
    const report = flipEveryByte(image, { ...image.options, verify: 'all' }, allPatterns)
    expect(report.misplaced).toEqual([])
    expect(report.unnoticed).toEqual({
      // Void by the word of the successor's header, whatever it is.
      'cut: behind the cut': 1440,
      // A goodbye that cannot be read is a crash, after which nothing is missing.
      'last: close': 120,
      // Something above the end that nothing proves: a torn tail, discarded.
      'last: zeros': 2720,
    })
    expect(report.flips).toBe(35_424)
  })
})
