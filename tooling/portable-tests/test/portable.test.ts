import { beforeEach, describe, expect, it } from 'vitest'
import * as shim from '../src/index.ts'
import { runTests, takeSuite } from '../src/run.ts'

// What the test before this one said, if it did not run.
beforeEach(takeSuite)

async function verdicts(): Promise<Record<string, string>> {
  const results = await runTests()
  return Object.fromEntries(results.map(({ title, error }) => [title, error?.split('\n')[0] ?? 'passed']))
}

describe('the vitest of other platforms', () => {
  it('runs tests with their hooks, in order', async () => {
    const calls: string[] = []
    shim.afterEach(() => calls.push('after each'))
    shim.describe('outer', () => {
      shim.beforeAll(() => calls.push('before all'))
      shim.afterAll(() => calls.push('after all'))
      shim.beforeEach(async () => calls.push('before each'))
      shim.describe.each([['one'], ['two']])('of %s', (name: unknown) => {
        shim.it('runs', () => {
          shim.onTestFinished(() => calls.push('finished'))
          calls.push(String(name))
        })
      })
    })
    expect(await verdicts()).toEqual({ 'outer > of one > runs': 'passed', 'outer > of two > runs': 'passed' })
    const each = (name: string): string[] => ['before each', name, 'after each', 'finished']
    expect(calls).toEqual(['before all', ...each('one'), ...each('two'), 'after all'])
  })

  it('has failed when a test throws, rejects, expects in vain or takes too long, or a hook fails', async () => {
    shim.it('throws', () => { throw new TypeError('no') })
    shim.it('rejects', () => Promise.reject(new Error('later')))
    shim.it('expects', () => { shim.expect({ a: [1] }).toEqual({ a: [2] }) })
    shim.it('awaits', async () => { await shim.expect(Promise.resolve(1)).resolves.toBe(2) })
    shim.it('takes too long', () => new Promise(() => undefined), 5)
    shim.it.each([{ n: 1 }, { n: 2 }])('is $n', ({ n }: { n: number }) => { shim.expect(n).toBe(1) })
    shim.describe('a suite', () => {
      shim.beforeAll(() => { throw new Error('not begun') })
      shim.it('does not begin', () => undefined)
    })
    shim.describe('another suite', () => {
      shim.afterAll(() => { throw new Error('not ended') })
      shim.it('passes', { timeout: 1000 }, () => undefined)
    })
    const found = await verdicts()
    expect(Object.entries(found).filter(([, verdict]) => verdict === 'passed').map(([title]) => title)).toEqual([
      'is 1',
      'another suite > passes',
    ])
    expect(found).toMatchObject({
      throws: 'TypeError: no',
      'takes too long': 'Error: not done after 5 ms',
      'a suite > does not begin': 'Error: not begun',
      'another suite > hooks around all': 'Error: not ended',
    })
  })

  it('stubs what is global and puts it back', () => {
    const before = globalThis.performance
    shim.vi.stubGlobal('performance', 1)
    shim.vi.stubGlobal('varveIsNowhere', 2)
    expect([globalThis.performance, 'varveIsNowhere' in globalThis]).toEqual([1, true])
    shim.vi.unstubAllGlobals()
    expect([globalThis.performance, 'varveIsNowhere' in globalThis]).toEqual([before, false])
  })

  it('refuses a test that does nothing', () => {
    expect(() => { shim.it('nothing', undefined as never) }).toThrow("the test 'nothing' does nothing")
  })
})
