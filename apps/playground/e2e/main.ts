// Tells the story of the page in each browser: `node apps/playground/e2e/main.ts [--report FILE] [BROWSER]...`. With
// VARVE_BROWSERS=required a browser that is not installed is a failure.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { browserNames, findBrowser, type BrowserName } from '@varve/browsers/driver/find'
import { Playground } from './playground.ts'
import { story } from './story.ts'
import { withPlayground } from './with-playground.ts'

const { values, positionals } = parseArgs({ options: { report: { type: 'string' } }, allowPositionals: true })
const totals = { passed: 0, failed: 0 }

for (const name of browserNames.filter((one) => positionals.length === 0 || positionals.includes(one))) {
  if (findBrowser(name) !== undefined) await tell(name)
  else {
    console.log(`${name} is not installed: the playground was not tried in it`)
    if (process.env.VARVE_BROWSERS === 'required') totals.failed += 1
  }
}
if (values.report !== undefined) writeFileSync(values.report, JSON.stringify(totals))
console.log(`playground: ${totals.passed} passed, ${totals.failed} failed`)
process.exitCode = totals.failed === 0 ? 0 : 1

/** Each step goes on from where the one before has left the log, so the first that fails is the last. */
async function tell(name: BrowserName): Promise<void> {
  try {
    await withPlayground(name, async (browser, origin) => {
      const first = await Playground.open(browser, origin)
      for (const { name: what, run } of story) {
        const began = performance.now()
        await run({ browser, origin, first })
        if (first.errors.length > 0) throw new Error(`the page threw: ${first.errors.join('; ')}`)
        totals.passed += 1
        console.log(`${name}: ${what} (${Math.round(performance.now() - began)} ms)`)
      }
    })
  } catch (error) {
    totals.failed += 1
    console.log(`${name}:`, error)
  }
}
