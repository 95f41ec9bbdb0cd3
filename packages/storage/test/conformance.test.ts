import { describe, expect, it, vi } from 'vitest'
import { register, runChecks, storageChecks, type Check } from '../src/conformance/index.ts'
import { emptyStorage } from './support/empty-storage.ts'

function check(id: string, run: Check['run']): Check {
  return { id, title: `title of ${id}`, contract: 'a sentence', run }
}

describe('storageChecks', () => {
  it('is data: ids, titles, sentences of the contract, and what each check needs', () => {
    const checks = storageChecks(() => ({ open: () => emptyStorage() }))
    expect(checks.length).toBeGreaterThan(50)
    for (const one of checks) {
      expect(one.id).toMatch(/^[a-z]+\.[a-z-]+$/)
      expect(one.title).not.toBe('')
      expect(one.contract).not.toBe('')
    }
    const needs = new Set(checks.map((one) => one.needs))
    expect(needs).toEqual(new Set([undefined, 'synchronous', 'writeDurable', 'writeLater', 'reserve', 'watch']))
  })

  it('makes a directory for each run, closes what it opened and cleans up, also after a failure', async () => {
    const close = vi.fn()
    const dispose = vi.fn()
    const checks = storageChecks(() => ({ open: () => emptyStorage({ close }), dispose }))
    const { results } = await runChecks(checks.filter((one) => ['open.create', 'capabilities.known'].includes(one.id)))
    expect(results.map((result) => result.verdict).sort()).toEqual(['failed', 'passed'])
    expect(close).toHaveBeenCalledTimes(2)
    expect(dispose).toHaveBeenCalledTimes(2)
  })

  it('cleans up even if a storage cannot be closed', async () => {
    const dispose = vi.fn()
    const close = (): never => { throw new Error('stuck') }
    const checks = storageChecks(() => ({ open: () => emptyStorage({ close }), dispose }))
    await checks.find((one) => one.id === 'capabilities.known')?.run()
    expect(dispose).toHaveBeenCalled()
  })

  it('says not-offered where an adapter does not have what a check needs', async () => {
    const checks = storageChecks(() => ({ open: () => emptyStorage() }))
    const { results, notOffered } = await runChecks(checks.filter((one) => one.needs !== undefined))
    expect(new Set(results.map((result) => result.verdict))).toEqual(new Set(['not-offered']))
    expect(notOffered).toBe(results.length)
  })

  it('names the check, what was seen and the contract, whatever the adapter throws', async () => {
    const checks = storageChecks(() => ({ open: () => emptyStorage() }))
    const failing = checks.find((one) => one.id === 'write.sync')
    await expect(failing?.run()).rejects.toThrow(/^\[write.sync\] .*UNSUPPORTED: not here.* The contract: sync\(\)/)
  })
})

describe('runChecks', () => {
  it('counts verdicts and keeps the order', async () => {
    const report = await runChecks([
      check('a', () => Promise.resolve('passed')),
      check('b', () => Promise.resolve('not-offered')),
      check('c', () => Promise.reject(new Error('seen', { cause: new Error('below') }))),
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- adapters do this
      check('d', () => Promise.reject('a string')),
    ])
    expect(report).toEqual({
      ok: false, passed: 1, failed: 2, notOffered: 1,
      results: [
        { id: 'a', title: 'title of a', verdict: 'passed' },
        { id: 'b', title: 'title of b', verdict: 'not-offered' },
        { id: 'c', title: 'title of c', verdict: 'failed', reason: 'seen Caused by: below' },
        { id: 'd', title: 'title of d', verdict: 'failed', reason: 'a string' },
      ],
    })
    expect(structuredClone(report)).toEqual(report)
  })

  it('is ok when nothing failed', async () => {
    expect(await runChecks([check('a', () => Promise.resolve('passed'))])).toMatchObject({ ok: true })
  })

  it('does not wait for ever', async () => {
    const report = await runChecks([check('a', () => new Promise(() => undefined))], { limitMs: 20 })
    expect(report.results[0]?.reason).toBe('[a] title of a: not done after 20 ms')
  })

  it('counts a check that throws at once', async () => {
    const report = await runChecks([check('a', () => { throw new Error('at once') })])
    expect(report.results[0]).toMatchObject({ verdict: 'failed', reason: 'at once' })
  })
})

describe('register', () => {
  it('makes one test of each check, in a group', async () => {
    const tests: [string, () => Promise<void>][] = []
    const groups: string[] = []
    const runner = {
      describe: (title: string, define: () => void) => { groups.push(title); define() },
      it: (title: string, run: () => Promise<void>) => { tests.push([title, run]) },
    }
    const failing = check('b', () => Promise.reject(new Error('seen')))
    register(runner, [check('a', () => Promise.resolve('not-offered')), failing])
    register(runner, [], 'a title')
    expect(groups).toEqual(['storage contract', 'a title'])
    expect(tests.map(([title]) => title)).toEqual(['a: title of a', 'b: title of b'])
    await tests[0]?.[1]()
    await expect(tests[1]?.[1]()).rejects.toThrow('seen')
  })
})
