// Every check of this repository: `node tooling/gate/src/main.ts [--update] [step …]`, all steps if none is named.
// A failure does not keep the steps after it from running; the summary at the end has them all.
import type { StepOptions } from './step.ts'
import { steps } from './steps.ts'
import { totals } from './steps/tests.ts'

interface Result {
  readonly name: string
  readonly proves: string
  readonly passed: boolean
  readonly seconds: number
}

async function runAll(names: readonly string[], options: StepOptions): Promise<Result[]> {
  const results: Result[] = []
  for (const { name, proves, run } of steps) {
    if (names.length > 0 && !names.includes(name)) continue
    console.log(`\n== ${name}: ${proves}`)
    const begun = performance.now()
    let passed = false
    try {
      passed = await run(options)
    } catch (error) {
      console.log(error)
    }
    results.push({ name, proves, passed, seconds: (performance.now() - begun) / 1000 })
  }
  return results
}

function row({ name, proves, passed, seconds }: Result): string {
  return `${passed ? 'ok    ' : 'FAILED'}  ${name.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s  ${proves}`
}

const args = process.argv.slice(2)
const names = args.filter((arg) => arg !== '--update')
const unknown = names.filter((name) => !steps.some((step) => step.name === name))
if (unknown.length > 0) throw new Error(`no step ${unknown.join(', ')}: ${steps.map((step) => step.name).join(' ')}`)

const results = await runAll(names, { update: args.includes('--update') })
console.log('\n== summary')
for (const result of results) console.log(row(result))
const hasTested = totals.passed + totals.failed > 0
if (hasTested) console.log(`\n${totals.passed} passed, ${totals.failed} failed`)
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1
