// `pnpm test:runtime`, `test:bun` and their like: see `arguments.ts`. Exit code 1 when anything failed.
import { writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArguments, type RunArguments } from './arguments.ts'
import { bundle, type Bundle } from './bundle.ts'
import { exclusions } from './exclusions.ts'
import type { KnownRuntime } from './known.ts'
import { merged, type SuiteResult } from './result.ts'
import { runSuite } from './run-suite.ts'
import { isShort, limitMs } from './short-form.ts'
import { table } from './table.ts'
import { verdictOf, type RuntimeResult } from './verdict.ts'

async function runOn({ name, command }: KnownRuntime, bundled: Bundle, args: RunArguments): Promise<RuntimeResult> {
  let words: readonly string[]
  try {
    words = command()
  } catch (error) {
    const missing = error instanceof Error ? error.message : String(error)
    console.log(`\n${name}: NOT AVAILABLE: ${missing}`)
    return { name, suites: [], missing }
  }
  const suites: SuiteResult[] = []
  for (const suite of args.suites) {
    const groups = suite === 'tests' ? byDirectory(selected(bundled, args)) : [{}]
    const parts: SuiteResult[] = []
    for (const tests of groups) {
      const orders = { suite, tests, runs: args.runs, kills: args.kills, seed: 1 }
      parts.push(await runSuite(words, bundled.main, orders, args.isShort ? limitMs.short : limitMs.long))
    }
    const result = merged(suite, parts)
    suites.push(result)
    say(name, result)
  }
  return { name, suites }
}

function selected({ tests }: Bundle, args: RunArguments): Bundle['tests'] {
  return Object.fromEntries(Object.entries(tests).filter(([file]) => {
    return (!args.isShort || isShort(file)) && args.only?.test(file) !== false
  }))
}

/** One process for each: what tests leave in memory slows down some runtimes more and more. */
function byDirectory(tests: Bundle['tests']): Bundle['tests'][] {
  const groups = new Map<string, [string, string][]>()
  for (const entry of Object.entries(tests)) {
    const directory = dirname(entry[0])
    groups.set(directory, [...(groups.get(directory) ?? []), entry])
  }
  return [...groups.values()].map((entries) => Object.fromEntries(entries))
}

function say(name: string, { runtime, suite, passed, failures, notes, seconds }: SuiteResult): void {
  const who = runtime === '' ? name : runtime
  console.log(`\n${who}, ${suite}: ${passed} passed, ${failures.length} failed, ${seconds.toFixed(1)} s`)
  for (const note of notes) console.log(`  ${note}`)
  for (const { title, error } of failures) console.log(`  FAILED ${title}\n${error}`)
}

const args = parseArguments(process.argv.slice(2))
const bundled = await bundle()
for (const [file, reason] of Object.entries(exclusions)) console.log(`left out: ${file}: ${reason}`)
if (args.isShort) {
  const left = Object.keys(bundled.tests).filter((file) => !isShort(file))
  console.log(`left out of the short form: ${left.length} of ${Object.keys(bundled.tests).length} test files`)
}

const waiting = [...args.runtimes.entries()]
const results: RuntimeResult[] = []
await Promise.all(Array.from({ length: args.jobs }, async () => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [at, runtime] = next
    results[at] = await runOn(runtime, bundled, args)
  }
}))

console.log(`\n${table(results).join('\n')}`)
const { passed, failed, complaints } = verdictOf(results, process.env.VARVE_RUNTIMES === 'required')
for (const complaint of complaints) console.log(complaint)
console.log(`${passed} passed, ${failed} failed`)
if (args.report !== undefined) writeFileSync(args.report, JSON.stringify({ passed, failed }))
process.exitCode = failed === 0 ? 0 : 1
