import { bundle, type Bundle } from './bundle/bundle.ts'
import { findBrowser, type BrowserName } from './driver/find.ts'
import { withBrowser } from './driver/with-browser.ts'
import type { FileResult } from './report/results.ts'
import { failureLines, slowestLines, summaryLines, totalsOf, type Totals } from './report/summary.ts'
import { runFiles } from './run-files.ts'
import { runScenarios, scenariosNamed } from './scenarios/run-scenarios.ts'

/** All files of tests in one browser. Milliseconds. */
const filesMsMax = 600_000

export interface RunOptions {
  readonly browsers: readonly BrowserName[]
  readonly only: RegExp
  /** Whether a browser that is not there is a failure. */
  readonly required: boolean
  readonly print: (line: string) => void
}

export interface RunReport extends Totals {
  /** Whether everything passed that can run here, and there was something to run. */
  readonly isGreen: boolean
}

/** Runs files of tests and scenarios in the browsers that are there. */
export async function run({ browsers, only, required, print }: RunOptions): Promise<RunReport> {
  const made = await bundle()
  for (const { file, because } of made.excluded) print(`not in a browser: ${file}: ${because}`)
  const files = made.tests.filter((file) => only.test(file))
  const count = files.length + scenariosNamed(only).length
  if (count === 0) throw new Error(`no file of tests and no scenario is like ${String(only)}`)
  const results: FileResult[] = []
  let isComplete = true
  for (const name of browsers) {
    if (findBrowser(name) === undefined) {
      print(`browsers: ${name} is not installed: its ${count} files of tests and scenarios did not run`)
      isComplete = false
    } else {
      results.push(...(await runIn(name, made, files, only, print)))
    }
  }
  const totals = totalsOf(results)
  return { ...totals, isGreen: totals.failed === 0 && (isComplete || !required) }
}

async function runIn(
  name: BrowserName,
  { scripts }: Bundle,
  files: readonly string[],
  only: RegExp,
  print: (line: string) => void,
): Promise<FileResult[]> {
  const began = performance.now()
  const results: FileResult[] = []
  for (const { group, atOnce } of groupsOf(files)) {
    const limits = { scripts, limitMs: filesMsMax }
    results.push(...(await withBrowser(name, limits, (browser) => runFiles(browser, group, atOnce))))
  }
  results.push(...(await runScenarios({ name, scripts }, only)))
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  const lines = [...failureLines(results), `${name}, ${seconds} s`, ...summaryLines(results)]
  for (const line of [...lines, 'slowest:', ...slowestLines(results, 5)]) print(line)
  return results
}

interface Group {
  readonly group: readonly string[]
  readonly atOnce: number
}

/**
 * Files of the codec are run by themselves. Their tests need WebAssembly where everybody else can do without, and a
 * process of Chromium has room for about a hundred memories: what its other workers have left for their garbage
 * collectors takes that room, and a worker that finds none can only collect its own.
 */
function groupsOf(files: readonly string[]): Group[] {
  const isOfCodec = (file: string): boolean => file.startsWith('packages/codec/')
  const alone = files.filter(isOfCodec)
  const others = files.filter((file) => !isOfCodec(file))
  const groups = [{ group: alone, atOnce: 1 }, { group: others, atOnce: 2 }]
  return groups.filter(({ group }) => group.length > 0)
}
