import { describe, expect, it } from 'vitest'
import { moduleName, moduleOf, runnableBlocks } from '../src/blocks.ts'

const markdown = ['# Title', '```ts run', 'one()', 'two()', '```', '```ts', 'not()', '```', '````ts run', '```', '````']

describe('the blocks of a document', () => {
  it('are those that are marked', () => {
    expect(runnableBlocks(markdown.join('\n'))).toEqual([
      { line: 3, code: 'one()\ntwo()' },
      { line: 10, code: '```' },
    ])
  })

  it('must end', () => {
    expect(() => runnableBlocks('```ts run\none()')).toThrow('line 2 has no end')
  })

  it('keep their line numbers', () => {
    expect(moduleOf({ line: 3, code: 'one()' }).split('\n').indexOf('one()')).toBe(2)
  })

  it('have names that say where they are from', () => {
    expect(moduleName('docs/guides/raft.md', { line: 3, code: '' })).toBe('docs--guides--raft--3.ts')
  })
})
