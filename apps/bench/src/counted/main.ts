// `pnpm bench:counted`: counts what does not depend on the speed of a machine, and compares it with counted.json.
// With `--update` it writes what it counted there.
import { readFileSync, writeFileSync } from 'node:fs'
import { countBounded, countExactly } from './counted.ts'
import { differences, updated, type Counted } from './expectations.ts'

const file = new URL('../../counted.json', import.meta.url)
const expected = JSON.parse(readFileSync(file, 'utf8')) as Counted
const actual: Counted = { exact: await countExactly(), bounded: countBounded() }
const found = differences(expected, actual)
for (const difference of found) console.log(difference)
if (process.argv.includes('--update')) {
  writeFileSync(file, `${JSON.stringify(updated(expected, actual), null, 2)}\n`)
  console.log('counted.json is up to date')
} else {
  const verdict = `${found.length} differences; if they are meant: pnpm bench:counted --update`
  console.log(found.length === 0 ? 'as expected' : verdict)
  process.exitCode = found.length === 0 ? 0 : 1
}
