import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { longestTurn } from '../src/turn-watch.ts'

function spin(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

it('the longest turn is at least as long as what blocked the event loop, at its start or its end as well', async () => {
  const blocked = await longestTurn(async () => {
    await sleep(5)
    spin(30)
    await sleep(5)
  })
  expect(blocked).toBeGreaterThanOrEqual(30)
  expect(await longestTurn(async () => { await Promise.resolve().then(() => { spin(30) }) })).toBeGreaterThanOrEqual(30)
})

it('what the work throws is thrown', async () => {
  await expect(longestTurn(() => Promise.reject(new Error('as planned')))).rejects.toThrow('as planned')
})
