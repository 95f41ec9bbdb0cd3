import { describe, expect, it } from 'vitest'
import { tortureCases } from '../../src/cases/cases.ts'
import { mutants } from '../../src/zoo/mutants.ts'

describe('the zoo', () => {
  it('has at least 24 mutants, each with a name of its own, and one canary', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(24)
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
    expect(mutants.filter(({ canary }) => canary === true)).toHaveLength(1)
  })

  it('tries each mutant on cases that exist', () => {
    const known = new Set(tortureCases.map(({ name }) => name))
    expect(mutants.flatMap(({ killedBy }) => killedBy).filter((name) => !known.has(name))).toEqual([])
    expect(mutants.filter(({ killedBy }) => killedBy.length === 0)).toEqual([])
  })

  it('names no case twice: a replay string must mean one thing', () => {
    const names = tortureCases.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })
})
