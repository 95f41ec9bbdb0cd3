import { decodeFileHeader, fileHeaderBytes } from '@varve/codec'
import { describe, expect, it } from 'vitest'
import type { FindingCode } from '../src/index.ts'
import { heal, planFor, verify } from './support/heal.ts'
import { bytesOf, everyKind, flip, segmentNames, type Image } from '@varve/damage'

const patterns = [0x01, 0x80, 0xff] as const

/** What the byte at `at` belongs to. */
function regionOf(image: Image, name: string, at: number): string {
  const names = segmentNames(image.snapshot)
  const bytes = bytesOf(image.snapshot, name)
  if (at < fileHeaderBytes) return 'header'
  const next = names[names.indexOf(name) + 1]
  if (next === undefined) return 'last'
  const result = decodeFileHeader(bytesOf(image.snapshot, next))
  if (result.kind === 'header' && result.header.cut > 0) return at < result.header.cut ? 'frames' : 'void'
  const sealAt = Number(new DataView(bytes.buffer).getBigUint64(bytes.length - 56, true))
  if (at < sealAt) return 'frames'
  if (at >= bytes.length - 64) return 'trailer'
  return at < sealAt + 96 ? 'seal' : 'zeros'
}

const codesOfRegions: Readonly<Record<string, readonly FindingCode[]>> = {
  header: ['header.invalid', 'header.disagrees', 'header.unsupported'],
  frames: ['frame.header', 'frame.payload'],
  seal: ['seal.missing'],
  zeros: ['seal.zeros'],
  trailer: ['seal.trailer'],
  // A goodbye that cannot be read is a crash; what stands behind it is a torn tail.
  last: ['frame.header', 'frame.payload', 'tail.torn'],
}

describe('a changed byte', () => {
  const image = everyKind()

  it.each(segmentNames(image.snapshot))('of %s is named by its place, its file and a stable code', (name) => {
    const { length } = bytesOf(image.snapshot, name)
    for (let at = 0; at < length; at += 1) {
      const { findings, verdict } = verify(flip(image.snapshot, name, at, patterns[at % 3]))
      const region = regionOf(image, name, at)
      const own = findings.find((finding) => finding.file === name)
      if (own === undefined) {
        // Behind a cut nothing is looked at; the goodbye and the zeros behind it promise nothing.
        expect([at, region, verdict]).toEqual([at, region === 'last' ? 'last' : 'void', 'intact'])
        continue
      }
      expect([at, codesOfRegions[region]]).toEqual([at, expect.arrayContaining([own.code])])
      if (region !== 'header') expect(own.position).toBeLessThanOrEqual(at)
      const { position = -1, bytes } = own.context ?? {}
      const damaged = bytesOf(flip(image.snapshot, name, at, patterns[at % 3]), name)
      expect(bytes).toEqual(damaged.slice(position, position + 96))
    }
  })

  it.each(segmentNames(image.snapshot))('of %s is repaired in every way that is offered', (name) => {
    const { length } = bytesOf(image.snapshot, name)
    const kinds = new Set<string>()
    for (let at = 0; at < length; at += at < fileHeaderBytes ? 11 : 83) {
      const damaged = flip(image.snapshot, name, at, patterns[at % 3])
      const plan = planFor(damaged)
      if (plan.verdict === 'intact' || plan.verdict === 'torn') continue
      expect([at, plan.refusals]).toEqual([at, []])
      for (const choice of plan.choices) {
        kinds.add(choice.kind)
        heal(image, damaged, plan, choice)
      }
    }
    const isLast = name === segmentNames(image.snapshot).at(-1)
    expect([...kinds].sort()).toEqual(['keep-before', ...(isLast ? [] : ['keep-behind']), 'renew'])
  })
})
