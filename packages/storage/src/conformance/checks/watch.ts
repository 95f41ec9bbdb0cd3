import { pattern } from '../bytes.ts'
import type { CheckDefinition } from '../definition.ts'
import { pause } from '../clock.ts'

/** How often and for how long a hint is waited for. It may come late, but a watch that never tells is none. */
const steps = 300
const stepMs = 10

/** How long after a stop nothing may come, in milliseconds: longer than adapters gather changes. */
const silenceMs = 150

export const watchChecks: readonly CheckDefinition[] = [
  {
    id: 'watch.tells',
    title: 'watch calls back after a change',
    contract: 'watch: calls changed after something changed; a hint, which may come late, twice or not at all',
    needs: 'watch',
    async run(bench) {
      const file = await bench.create('a')
      let calls = 0
      const stop = bench.storage.watch?.(() => {
        calls += 1
      })
      for (let step = 0; step < steps && calls === 0; step += 1) {
        await file.write(pattern(10), step * 10)
        await pause(stepMs)
      }
      stop?.()
      bench.that(calls > 0, `no call within ${steps * stepMs} ms of ${steps} changes`)
    },
  },
  {
    id: 'watch.stops',
    title: 'nothing is called after the stop',
    contract: 'watch returns a stop',
    needs: 'watch',
    async run(bench) {
      const file = await bench.create('a')
      let calls = 0
      const stop = bench.storage.watch?.(() => {
        calls += 1
      })
      await file.write(pattern(10), 0)
      stop?.()
      const before = calls
      await file.write(pattern(10), 10)
      await pause(silenceMs)
      bench.equal(calls, before, 'the number of calls some time after the stop')
    },
  },
]
