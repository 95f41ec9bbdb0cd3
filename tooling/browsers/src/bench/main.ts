// What an append costs in real browsers: `node tooling/browsers/src/bench/main.ts [--quick] [--json FILE]`.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { budgetText, table } from '../../../../apps/bench/src/table.ts'
import { bundle } from '../bundle/bundle.ts'
import { browserNames, findBrowser } from '../driver/find.ts'
import { benchIn } from './bench-in.ts'

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'string' } } })
const { scripts } = await bundle()
const results: Record<string, unknown> = {}
for (const name of browserNames) {
  if (findBrowser(name) === undefined) {
    console.log(`${name} is not installed: nothing was measured in it`)
    continue
  }
  const { version, rows } = await benchIn({ name, scripts }, values.quick === true ? 'quick' : 'full')
  results[name] = { version, rows }
  console.log(`${version}\n\n${table(rows)}\n${budgetText(rows)}`)
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`)
