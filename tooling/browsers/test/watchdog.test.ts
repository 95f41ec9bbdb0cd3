import { expect, it } from 'vitest'
import { runScenario } from '../src/scenarios/run-scenarios.ts'

const context = { name: 'chromium', scripts: new Map<string, Uint8Array>() } as const

it('ends a scenario that does not end by itself, and calls it a failure', async () => {
  let ended = 0
  const never = { title: 'never ends', run: () => new Promise<void>(() => undefined) }
  const { error } = await runScenario(never, context, { limitMs: 1, end: () => { ended += 1 } })
  expect(error).toContain('it did not end within 1 ms, and was ended')
  expect(ended).toBe(1)
})

it('leaves alone what ends by itself, well or not', async () => {
  const watchdog = { limitMs: 60_000, end: () => { throw new Error('it was ended') } }
  const well = await runScenario({ title: 'well', run: async () => {} }, context, watchdog)
  expect(well).toEqual({ title: 'well', milliseconds: expect.any(Number) as number })
  const failing = { title: 'fails', run: () => Promise.reject(new Error('no')) }
  expect((await runScenario(failing, context, watchdog)).error).toContain('Error: no')
})
