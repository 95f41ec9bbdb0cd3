import { expect, it } from 'vitest'
import * as portable from '../src/index.ts'
import { runTests, takeSuite } from '../src/run.ts'

it('says of each test whether it passed, with the hooks of its setup around it', async () => {
  const order: string[] = []
  portable.afterEach(() => { order.push('setup') })
  const setup = takeSuite()
  portable.describe('outer', () => {
    portable.beforeEach(() => { order.push('before') })
    portable.it('passes', () => {
      portable.onTestFinished(() => { order.push('finished') })
      portable.expect({ a: [1, 2] }).toMatchObject({ a: [1, 2] })
    })
    portable.it.each([{ word: 'a' }])('is not $word', (each: { word: string }) => {
      portable.expect(each.word).toBe('b')
    })
    portable.it('rejects', () => Promise.reject(new Error('rejected')))
    portable.it('takes too long', () => new Promise(() => {}), 5)
  })
  const results = await runTests(setup)
  expect(results.map(({ title, error }) => [title, error?.split('\n')[0]])).toEqual([
    ['outer > passes', undefined],
    ['outer > is not a', expect.stringContaining("expected 'a' to be 'b'")],
    ['outer > rejects', 'Error: rejected'],
    ['outer > takes too long', 'Error: not done after 5 ms'],
  ])
  expect(order.slice(0, 3)).toEqual(['before', 'setup', 'finished'])
  expect(await runTests()).toEqual([])
})

it('refuses a suite that is defined asynchronously', () => {
  expect(() => { portable.describe('later', () => Promise.resolve()) }).toThrow(/nobody would wait/)
  takeSuite()
})
