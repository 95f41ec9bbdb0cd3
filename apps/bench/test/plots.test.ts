import { expect, it } from 'vitest'
import { plots } from '../src/plots.ts'

it('each plot has an id of its own, and says what its axes are', () => {
  expect(new Set(plots.map(({ id }) => id)).size).toBe(plots.length)
  for (const { id, title, xLabel, yLabel } of plots) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect([title, xLabel, yLabel].every((text) => text.length > 0)).toBe(true)
  }
})
