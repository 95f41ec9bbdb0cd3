import { expect, it } from 'vitest'
import { terminalProgress } from '../src/progress.ts'
import { rowsOf } from '../src/row.ts'

it('progress names what begins, shows rows when they are there, and says what is amiss', () => {
  const written: string[] = []
  const progress = terminalProgress((text) => written.push(text))
  progress.begins('single 256 B', 2, 7)
  progress.rows([])
  progress.rows(rowsOf('appends', 'µs', 'durations', [{ name: 'raw', samples: [1] }]))
  progress.warn('SQLite is not there')
  expect(written[0]).toMatch(/^\[2\/7, \d+ s\] single 256 B\n$/)
  expect(written[1]).toContain('appends\n')
  expect(written[2]).toBe('note: SQLite is not there\n')
})
