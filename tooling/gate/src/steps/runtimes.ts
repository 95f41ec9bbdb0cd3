import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { script } from '../tool.ts'
import { totals, type Totals } from './tests.ts'

/** Runs the short form on all known runtimes and adds to {@link totals}. */
export function runtimes(): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'varve-runtimes-'))
  const file = join(directory, 'report.json')
  const options = ['--short', '--jobs', '2', '--report', file]
  try {
    const succeeded = script('tooling/runtimes/src/main.ts', ...options)
    const { passed, failed } = JSON.parse(readFileSync(file, 'utf8')) as Totals
    totals.passed += passed
    totals.failed += failed
    return succeeded
  } finally {
    rmSync(directory, { recursive: true })
  }
}
