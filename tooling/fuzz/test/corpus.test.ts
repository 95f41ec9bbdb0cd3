import { describe, expect, it } from 'vitest'
import { corpusFolder, readCorpus } from '../src/corpus.ts'
import { verdictOf } from '../src/engine.ts'
import { knownAs, knownFindings } from '../src/known.ts'
import { targets } from '../src/targets.ts'
import { readdirSync } from 'node:fs'

describe('the corpus', () => {
  it('holds inputs of targets that exist, in a few hundred KiB', () => {
    const names = targets.map(({ name }) => name)
    expect(readdirSync(corpusFolder).filter((name) => !names.includes(name))).toEqual([])
    const bytes = names.flatMap((name) => readCorpus(name)).reduce((sum, entry) => sum + entry.bytes.length, 0)
    expect(bytes).toBeLessThan(300 * 1024)
  })

  it.each(targets)('$name: every input that was ever worth keeping keeps the law', async (target) => {
    const entries = readCorpus(target.name)
    expect(entries.length).toBeGreaterThan(0)
    for (const { name, bytes } of entries) {
      const verdict = await verdictOf(target, bytes)
      const isFine = 'outcome' in verdict || knownAs(target.name, verdict.failure) !== undefined
      expect(isFine, `${target.name}/${name}: ${'failure' in verdict ? verdict.failure.message : ''}`).toBe(true)
    }
  })

  it.each(knownFindings)('a fault that is not mended yet is still one: $message', async (known) => {
    const target = targets.find(({ name }) => name === known.target)
    if (target === undefined) throw new Error(`no target ${known.target}`)
    const verdicts = await Promise.all(readCorpus(target.name).map(({ bytes }) => verdictOf(target, bytes)))
    const failures = verdicts.flatMap((verdict) => ('failure' in verdict ? [verdict.failure.message] : []))
    // When this is red the fault is mended: strike it off the list.
    expect(failures.some((message) => message.includes(known.message))).toBe(true)
  })
})
