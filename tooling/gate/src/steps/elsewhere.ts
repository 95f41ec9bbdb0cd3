import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { script } from '../tool.ts'
import { totals, type Totals } from './tests.ts'

/** What runs in real browsers: the same tests and others, and the story of the playground. */
const programsInBrowsers = ['tooling/browsers/src/main.ts', 'apps/playground/e2e/main.ts']

/** All of it, added to {@link totals} as well. */
export function browsers(): boolean {
  return programsInBrowsers
    .map((program) => elsewhere(program, ['--conditions=@varve/source', program]))
    .every(Boolean)
}

/** The short form on all known runtimes, added to {@link totals} as well. */
export function runtimes(): boolean {
  return elsewhere('the runtimes', ['tooling/runtimes/src/main.ts', '--short', '--jobs', '2'])
}

function elsewhere(who: string, [file = '', ...args]: readonly string[]): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'varve-elsewhere-'))
  const report = join(directory, 'report.json')
  try {
    const succeeded = script(file, ...args, '--report', report)
    const { passed, failed } = readTotals(who, report)
    totals.passed += passed
    totals.failed += failed
    return succeeded && failed === 0
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** A run that ended before it could report counts as a test that failed. */
function readTotals(who: string, file: string): Totals {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Totals
  } catch (error) {
    console.log(`${who} left no report: ${String(error)}`)
    return { passed: 0, failed: 1 }
  }
}
