import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tool } from '../tool.ts'

export interface Totals {
  passed: number
  failed: number
}

/** The tests that this process has run, over all steps. */
export const totals: Totals = { passed: 0, failed: 0 }

/** Runs one project of `vitest.config.ts` and adds to {@link totals}. */
export function tests(project: string, ...args: string[]): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'varve-tests-'))
  const file = join(directory, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  try {
    const succeeded = tool('vitest', 'run', `--project=${project}`, ...reporters, ...args)
    const report = readReport(file)
    totals.passed += report.passed
    totals.failed += report.failed
    return succeeded && report.failed === 0
  } finally {
    rmSync(directory, { recursive: true })
  }
}

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[]
}

/** A file that could not even be loaded has no tests in the report, and counts as one that failed. */
function readReport(file: string): Totals {
  let report: VitestReport
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport
  } catch (error) {
    console.log(`vitest left no report: ${String(error)}`)
    return { passed: 0, failed: 1 }
  }
  const unloadable = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloadable.length }
}
