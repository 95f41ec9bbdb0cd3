import { describe, expect, it } from 'vitest'
import { lockCases, playLockCase, runLockCase } from '../../src/zoo/lock-case.ts'

describe('the lock of real files', () => {
  it.each(lockCases.map((each) => [each.name, each] as const))('never has two holders: %s', (_name, each) => {
    let started = 0
    const result = runLockCase(each, { started: () => { started += 1 }, goesOn: () => started < 3000 })
    expect(result).toMatchObject({ case: each.name, failure: undefined })
    expect(result.looked).toBeGreaterThan(500)
    expect(result.states).toBe(started)
  })

  it('is played again by a tape', () => {
    for (const each of lockCases) expect(playLockCase(each, [2, 1, 0, 3, 2])).toBeUndefined()
  })
})
