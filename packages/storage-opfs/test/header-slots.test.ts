import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { HeaderSlots } from '../src/header-slots.ts'
import { decodePoolHeader, encodePoolHeader, type PoolHeader } from '../src/pool-header.ts'

function copy(generation: number, name: string | undefined, isConfirmed = false): PoolHeader {
  return { generation, name, isConfirmed, isSettled: false }
}

describe('the next copy of a header', () => {
  it.each([
    ['goes beside the one that is proven', [copy(3, 'a'), copy(4, 'a', true), copy(2, 'b')], 2],
    ['goes over a confirmation that nobody flushed', [copy(5, 'b'), copy(4, 'a', true), copy(3, 'a')], 1],
    ['goes over the third where two may be the only ones', [copy(5, 'b'), copy(4, 'a'), copy(3, 'c')], 2],
    ['goes over a newer one that says the same', [copy(5, 'a'), copy(4, 'a'), copy(3, 'c')], 0],
    ['goes to a damaged one first', [copy(5, 'b'), 'invalid' as const, copy(3, 'a')], 1],
    ['goes to the first of a new file', ['blank' as const, 'blank' as const, 'blank' as const], 0],
  ])('%s', (_what, found, target) => {
    expect(new HeaderSlots(found).target()).toBe(target)
  })

  it('is needed where an earlier one failed that said something else', () => {
    const slots = new HeaderSlots([copy(3, 'a'), copy(4, 'a', true), 'blank'])
    expect(slots.isProven).toBe(true)
    slots.failed(2, true)
    expect(slots.isProven).toBe(true)
    slots.failed(2, false)
    expect(slots.isProven).toBe(false)
    slots.wrote(2, copy(5, 'a'), true)
    expect(slots.isProven).toBe(true)
    expect(new HeaderSlots(['blank', 'blank', 'blank']).isProven).toBe(false)
  })
})

describe('a header', () => {
  const name = '00000001-0000000000000001.varve'
  const header: PoolHeader = { generation: 258, name, isConfirmed: true, isSettled: true }

  it('is read as it was written, in the place that it was written for and nowhere else', () => {
    const bytes = encodePoolHeader(header, 7, 1)
    expect(decodePoolHeader(bytes, 7, 1)).toEqual(header)
    expect(decodePoolHeader(bytes, 7, 2)).toBe('invalid')
    expect(decodePoolHeader(bytes, 8, 1)).toBe('invalid')
    expect(decodePoolHeader(encodePoolHeader(copy(1, undefined), 7, 1), 7, 1)).toEqual(copy(1, undefined))
  })

  it('with any byte changed is damaged', () => {
    for (let at = 0; at < 512; at += 1) {
      const bytes = encodePoolHeader(header, 7, 1)
      bytes[at] = (bytes[at] ?? 0) ^ 0x40
      expect(decodePoolHeader(bytes, 7, 1)).toBe('invalid')
    }
  })

  it('has the bytes that FORMAT.md shows', () => {
    const lines: string[] = []
    const bytes = encodePoolHeader(header, 7, 1)
    for (let at = 0; at < 512; at += 16) {
      const line = [...bytes.subarray(at, at + 16)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
      if (/[1-9a-f]/.test(line)) lines.push(`${at.toString(16).padStart(8, '0')}  ${line}`)
    }
    const format = readFileSync(new URL('../../../docs/FORMAT.md', import.meta.url), 'utf8')
    expect(format).toContain(`\`\`\`text\n${lines.join('\n')}\n\`\`\`\n`)
  })
})
