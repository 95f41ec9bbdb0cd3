import { describe, expect, it } from 'vitest'
import { parseArguments, usage, UsageError } from '../src/arguments.ts'

describe('the arguments', () => {
  it('have defaults that make a standard run', () => {
    expect(parseArguments([])).toMatchObject({ seconds: 60, seed: 1, exhaustive: false, zoo: false, real: false })
  })

  it('may follow a pair of dashes, as package managers pass them', () => {
    expect(parseArguments(['--', '--seconds', '5', '--zoo'])).toMatchObject({ seconds: 5, zoo: true })
  })

  it('ask for help', () => {
    expect(parseArguments(['--help'])).toBeUndefined()
    for (const option of ['seconds', 'seed', 'replay', 'report', 'exhaustive', 'zoo', 'real', 'profile']) {
      expect(usage).toContain(`--${option}`)
    }
  })

  it.each(['--seconds=soon', '--seconds=', '--seed=-1', '--only=[', '--unknown', 'stray'])(
    'that make no sense are refused: %s',
    (argument) => {
      expect(() => parseArguments([argument])).toThrow(UsageError)
    },
  )
})
