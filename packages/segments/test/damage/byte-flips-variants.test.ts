import { describe, expect, it } from 'vitest'
import { buildImage } from '../support/damage-image.ts'
import { flipEveryByte, onePattern } from '../support/damage-flips.ts'

describe('a changed byte, opened with verify seals and read in full', () => {
  it('is reported by open or by the reader with its file and place, unless no record depends on it', () => {
    const image = buildImage()
    const report = flipEveryByte(image, { ...image.options, verify: 'seals' }, onePattern)
    expect(report.misplaced).toEqual([])
    expect(report.unnoticed).toEqual({
      'cut: behind the cut': 480,
      'last: close': 40,
      'last: zeros': 2720,
      // A hint: without it the SEAL is found by a scan.
      'sealed: trailer': 128,
      // Only verify all looks there.
      'sealed: zeros': 1168,
    })
  })
})

describe('a changed byte of a log with padded blocks and the other checksum', () => {
  it('is reported too, that of a padding or of the rest of a header block included', () => {
    const image = buildImage({ blockBytes: 256, commitAlignment: 'block', checksum: 'crc32' }, { first: 13, last: 6 })
    const report = flipEveryByte(image, { ...image.options, verify: 'all' }, onePattern)
    expect(report.misplaced).toEqual([])
    expect(Object.keys(report.unnoticed).sort()).toEqual(['cut: behind the cut', 'last: close', 'last: zeros'])
  })
})
