import { expect, it } from 'vitest'
import type { Host } from '../src/driver/with-browser.ts'
import { runScenario } from '../src/scenarios/run-scenarios.ts'

const host: Host = { name: 'chromium', scripts: new Map() }

it('a scenario that does not end by itself has failed, and its browsers are killed', async () => {
  let struck = 0
  const browser = { strike: () => { struck += 1 } }
  const never = (given: Host): Promise<void> => {
    given.running?.add(browser)
    return new Promise(() => undefined)
  }
  const { error } = await runScenario({ title: 'never ends', run: never }, host, 1)
  expect(error).toContain('it did not end within 1 ms: 1 browsers were ended')
  expect(struck).toBe(1)
})

it('a scenario that ends by itself, well or not, is left alone', async () => {
  const well = await runScenario({ title: 'well', run: async () => {} }, host, 60_000)
  expect(well).toEqual({ title: 'well', milliseconds: expect.any(Number) as number })
  const failing = { title: 'fails', run: () => Promise.reject(new Error('no')) }
  expect((await runScenario(failing, host, 60_000)).error).toContain('Error: no')
})
