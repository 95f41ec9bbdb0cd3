import type { RuntimeResult } from './verdict.ts'

/** One line for each runtime and suite, under a head. */
export function table(results: readonly RuntimeResult[]): string[] {
  const rows = results.flatMap(({ name, suites, missing }) => {
    if (missing !== undefined) return [[name, 'NOT AVAILABLE', '', '', '']]
    return suites.map(({ runtime, suite, passed, failures, seconds }) => {
      return [runtime === '' ? name : runtime, suite, String(passed), String(failures.length), seconds.toFixed(1)]
    })
  })
  const all = [['runtime', 'suite', 'passed', 'failed', 'seconds'], ...rows]
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all.map((row) => row.map((cell, at) => {
    const width = widths[at] ?? 0
    return at < 2 ? cell.padEnd(width) : cell.padStart(width)
  }).join('  ').trimEnd())
}
