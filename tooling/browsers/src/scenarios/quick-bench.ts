import { benchIn } from '../bench/bench-in.ts'
import type { Scenario } from './scenario.ts'

const expected = ['write and flush of a handle', 'appendSync', 'append', 'append from another thread']

/** That it can be measured; how long anything takes says nothing here. */
export const quickBench: Scenario = {
  title: 'what an append costs can be measured, beside the calls of the browser and through a port',
  run: async (host) => {
    const { rows } = await benchIn(host, 'tiny')
    for (const wanted of expected) {
      const row = rows.find((each) => each.name === wanted)
      if (!(row !== undefined && row.value.median >= 0 && row.value.samples > 0)) {
        throw new Error(`'${wanted}' was not measured: ${JSON.stringify(rows)}`)
      }
    }
  },
}
