import { describe, expect, it } from 'vitest'
import { parseArguments, UsageError } from '../src/arguments.ts'

describe('arguments', () => {
  it('default to the largest text, a new seed and 24 kills', () => {
    const one = parseArguments([])
    const other = parseArguments([])
    expect(one).toMatchObject({ file: undefined, kills: 24, directory: undefined, keep: true, dishonest: false })
    expect(one?.seed).not.toBe(other?.seed)
  })

  it('are all heard', () => {
    const args = ['a.txt', '--seed', '7', '--kills', '3', '--dishonest', '--remove']
    expect(parseArguments(args)).toEqual({
      file: 'a.txt',
      seed: 7,
      kills: 3,
      directory: undefined,
      keep: false,
      dishonest: true,
    })
  })

  it('keep the log where it was put, unless told to remove it', () => {
    expect(parseArguments(['--dir', 'x'])).toMatchObject({ directory: 'x', keep: true })
  })

  it('may ask for help', () => {
    expect(parseArguments(['--help'])).toBeUndefined()
    expect(parseArguments(['-h'])).toBeUndefined()
  })

  it.each([
    ['--seed', '-1'],
    ['--seed', '4294967296'],
    ['--seed', '1.5'],
    ['--kills', '0'],
    ['--kills', '10001'],
    ['--kills', ''],
    ['--kils', '3'],
    ['one', 'two'],
  ])('that make no sense are refused: %s %s', (...args) => {
    expect(() => parseArguments(args)).toThrow(UsageError)
  })
})
