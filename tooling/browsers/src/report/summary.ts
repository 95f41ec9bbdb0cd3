import type { FileResult } from './results.ts'

export interface Totals {
  readonly passed: number
  readonly failed: number
}

export function totalsOf(results: readonly FileResult[]): Totals {
  const tests = results.flatMap((result) => result.tests)
  const failed = tests.filter(({ error }) => error !== undefined).length
  return { passed: tests.length - failed, failed }
}

/** Every failure with its reason. */
export function failureLines(results: readonly FileResult[]): string[] {
  return results.flatMap(({ browser, file, tests }) =>
    tests.flatMap(({ title, error }) => {
      return error === undefined ? [] : [`FAILED ${browser}: ${file} > ${title}`, error, '']
    }),
  )
}

/** One line for each folder with tests: packages, and what is here only. */
export function summaryLines(results: readonly FileResult[]): string[] {
  return [...new Set(results.map(groupOf))].map((group) => {
    const files = results.filter((result) => groupOf(result) === group)
    const { passed, failed } = totalsOf(files)
    const seconds = files.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000
    return `  ${group.padEnd(36)} ${files.length} files, ${passed} passed, ${failed} failed, ${seconds.toFixed(1)} s`
  })
}

function groupOf({ file }: FileResult): string {
  return file.split('/').slice(0, file.startsWith('packages/') ? 2 : 4).join('/')
}

/** The files that took longest. */
export function slowestLines(results: readonly FileResult[], count: number): string[] {
  const slowest = [...results].sort((one, other) => other.milliseconds - one.milliseconds).slice(0, count)
  return slowest.map(({ file, milliseconds }) => `  ${(milliseconds / 1000).toFixed(1).padStart(6)} s  ${file}`)
}
