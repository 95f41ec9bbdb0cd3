import { describe, expect, it } from 'vitest'
import { markedBlocks, moduleName, moduleOf } from '../src/blocks.ts'

const markdown = ['# Title', '```ts run', 'one()', 'two()', '```', '```ts', 'not()', '```', '````ts run', '```', '````']

describe('the blocks of a document', () => {
  it('are those that are marked', () => {
    expect(markedBlocks(markdown.join('\n'), 'run')).toEqual([
      { line: 3, code: 'one()\ntwo()' },
      { line: 10, code: '```' },
    ])
  })

  it('are those of one mark', () => {
    const text = ['```ts browser', 'page()', '```', '```ts run', 'one()', '```'].join('\n')
    expect(markedBlocks(text, 'browser')).toEqual([{ line: 2, code: 'page()' }])
    expect(markedBlocks(text, 'run')).toEqual([{ line: 5, code: 'one()' }])
  })

  it('must end', () => {
    expect(() => markedBlocks('```ts run\none()', 'run')).toThrow('line 2 has no end')
  })

  it('keep their line numbers', () => {
    expect(moduleOf({ line: 3, code: 'one()' }).split('\n').indexOf('one()')).toBe(2)
  })

  it('have names that say where they are from', () => {
    expect(moduleName('docs/guides/raft.md', { line: 3, code: '' })).toBe('docs--guides--raft--3.ts')
  })
})
