import { describe, expect, it } from 'vitest'
import { buildImage, type LogImage } from '../support/damage-image.ts'
import { changeEverySector, type SectorChange } from '../support/damage-sectors.ts'

const sectorBytes = 128

const changes: readonly { readonly what: string; readonly change: SectorChange }[] = [
  { what: 'zeros', change: () => new Uint8Array(sectorBytes) },
  { what: 'garbage', change: (_, from) => new Uint8Array(sectorBytes).fill(1 + ((from / sectorBytes) % 255)) },
  { what: 'the sector before it', change: copiedFrom(1) },
  { what: 'what lies two sectors before it', change: copiedFrom(2) },
  { what: 'what lies seven sectors before it', change: copiedFrom(7) },
  {
    what: 'the same place of another segment',
    change: (segment, from, segments) => {
      const other = segments[(segments.indexOf(segment) + 1) % segments.length]
      return other?.bytes.subarray(from, from + sectorBytes)
    },
  },
]

/** As a write that went to the wrong place would leave it. */
function copiedFrom(distance: number): SectorChange {
  return (segment, from) => {
    const source = from - distance * sectorBytes
    return source < 0 ? undefined : segment.bytes.subarray(source, source + sectorBytes)
  }
}

/** Of changes that went unnoticed, those that should not have. */
function wrongly(regions: readonly string[], allowed: RegExp): readonly string[] {
  return regions.filter((region) => !region.split(' + ').every((one) => allowed.test(one)))
}

function report(image: LogImage, change: SectorChange): ReturnType<typeof changeEverySector> {
  const found = changeEverySector(image, sectorBytes, change)
  expect(found.misplaced).toEqual([])
  expect(wrongly(found.unnoticed, /^(cut: behind the cut|last: (close|zeros))$/)).toEqual([])
  expect(found.noticed).toBeGreaterThan(40)
  return found
}

describe('a sector of a closed log that holds something else', () => {
  const image = buildImage()
  it.each(changes)('($what) is reported, unless it held the last commit and the only proof of it', ({ change }) => {
    const { shorter } = report(image, change)
    expect(wrongly(shorter, /^last: (record|close|zeros)$/)).toEqual([])
    expect(shorter.filter((regions) => !regions.includes('last: close'))).toEqual([])
  })
})

describe('a sector of a closed log with padded blocks that holds something else', () => {
  const image = buildImage({ commitAlignment: 'block' })
  it.each(changes)('($what) is reported, or takes no record with it', ({ change }) => {
    expect(report(image, change).shorter).toEqual([])
  })
})
