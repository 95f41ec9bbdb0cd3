import { isVarveError } from '@varve/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkFileName } from '../src/index.ts'

const plain = Array.from('abzABZ019._-')

function isRefused(name: string): boolean {
  try {
    checkFileName(name)
    return false
  } catch (error) {
    if (isVarveError(error, 'INVALID_ARGUMENT') && error.context.file === name) return true
    throw error
  }
}

describe('a file name', () => {
  it.each(['a', 'A', '0', '_', '-', 'a.b', 'a..b', 'a.', '00000001-0000000000000001.varve', 'x'.repeat(255)])(
    '%s is plain', (name) => { expect(isRefused(name)).toBe(false) })

  const unplain = ['', '.', '..', '.a', 'a/b', 'a\\b', '/', 'a b', ' a', 'a ', 'a\n', '\na', 'a\0', 'é', 'a:b', '~']
  it.each([...unplain, 'x'.repeat(256)])(
    '%j is refused', (name) => { expect(isRefused(name)).toBe(true) })

  it('is plain exactly if it is 1 to 255 plain characters without a leading dot', () => {
    const characters = fc.constantFrom(...plain, '/', '\\', ' ', '\0', '\n', 'ä', '\u{1f600}', '*')
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 300 }), (name) => {
        const isPlain = name.length > 0 && name.length <= 255 && !name.startsWith('.') &&
          Array.from(name).every((character) => plain.includes(character))
        expect(isRefused(name)).toBe(!isPlain)
      }),
      { numRuns: 500 },
    )
  })

  it('is quoted in the error, so that what cannot be seen can be seen', () => {
    expect(() => { checkFileName('a\n') }).toThrow('"a\\n" is not a file name')
  })
})
