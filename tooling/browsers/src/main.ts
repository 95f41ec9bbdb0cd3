// The repository's own tests, and more, in real browsers: `node tooling/browsers/src/main.ts [--browser NAME]
// [--only REGEX] [--report FILE]`. With VARVE_BROWSERS=required a browser that is not installed is a failure.
import { writeFileSync } from 'node:fs'
import { parseArguments } from './arguments.ts'
import { run } from './run.ts'

/** From the last result to the end. Milliseconds. */
const endMsMax = 20_000

const { browsers, only = /./, report } = parseArguments(process.argv.slice(2))
const required = process.env.VARVE_BROWSERS === 'required'
const { passed, failed, isGreen } = await run({ browsers, only, required, print: (line) => { console.log(line) } })
if (report !== undefined) writeFileSync(report, JSON.stringify({ passed, failed }))
console.log(`browsers: ${passed} passed, ${failed} failed`)
process.exitCode = isGreen ? 0 : 1
// All that was started is over. Whatever keeps this process from ending is something that was forgotten.
setTimeout(() => {
  console.log('browsers: this process did not end by itself')
  process.exit(1)
}, endMsMax).unref()
