import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inFile, mutant } from '../../src/zoo/mutant.ts'
import { mutants } from '../../src/zoo/mutants.ts'
import { applyEdit, bundleMutant, mutate } from '../../src/zoo/transform.ts'

const edit = { file: 'a.ts', find: 'one', replace: '$& two' }

describe('an edit', () => {
  it('is made where what it looks for stands, and its replacement is taken literally', () => {
    expect(applyEdit('zero one three', edit, 'm')).toBe('zero $& two three')
  })

  it('fails loudly when the code has changed under it', () => {
    const gone = /mutant m no longer applies: .* is not there any more in a\.ts: "one"/
    expect(() => applyEdit('zero three', edit, 'm')).toThrow(gone)
  })

  it('fails loudly when it could be made in two places', () => {
    expect(() => applyEdit('one one', edit, 'm')).toThrow(/mutant m no longer applies: .* is there 2 times in a\.ts/)
  })

  it('fails loudly when it looks for nothing, or changes nothing', () => {
    expect(() => applyEdit('one', { ...edit, find: '' }, 'm')).toThrow(/no longer applies/)
    expect(() => applyEdit('one', { ...edit, replace: 'one' }, 'm')).toThrow(/changes nothing/)
  })
})

describe('every mutant of the zoo', () => {
  it.each(mutants.map((each) => [each.name, each] as const))('%s applies to the code as it is', (_name, each) => {
    expect(mutate(each).size).toBeGreaterThan(0)
  })
})

describe('a bundle', () => {
  it('is gone when it was removed', async () => {
    const bundle = await bundleMutant(mutants[0] as (typeof mutants)[number])
    expect(existsSync(bundle.path)).toBe(true)
    bundle.remove()
    expect(existsSync(dirname(bundle.path))).toBe(false)
  })

  it('of a mutant that changes what nothing loads is refused', async () => {
    const edits = inFile('storage-memory/tsup.config.ts', ['import', '\nimport'])
    const unloaded = mutant({ name: 'unloaded', hazard: '', edits, killedBy: [] })
    await expect(bundleMutant(unloaded)).rejects.toThrow(/unloaded changes .* which the torture never loads/)
  })
})
