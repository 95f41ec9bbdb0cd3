import { bundle, type Bundle } from './bundle/bundle.ts'
import { findBrowser, type BrowserName } from './driver/find.ts'
import { withBrowser, type Host } from './driver/with-browser.ts'
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
  const present = browsers.filter((name) => findBrowser(name) !== undefined)
  for (const name of browsers.filter((each) => !present.includes(each))) {
    print(`browsers: ${name} is not installed: its ${count} files of tests and scenarios did not run`)
  }
  // Side by side: much of what they do is to wait, for a disk, a start, or for somebody to be gone.
  const results = await Promise.all(present.map((name) => runIn(name, made, files, only, print)))
  const totals = totalsOf(results.flat())
  const isComplete = present.length === browsers.length
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
  const host = { name, scripts }
  const results = (await Promise.all([runAll(host, files), runScenarios(host, only)])).flat()
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  const lines = [...failureLines(results), `${name}, ${seconds} s`, ...summaryLines(results)]
  for (const line of [...lines, 'slowest:', ...slowestLines(results, 5)]) print(line)
  return results
}

function isSuite(file: string): boolean {
  return file.endsWith('.suite.ts')
}

/**
 * All files in one browser. Those of the codec come first and by themselves. Their tests need WebAssembly where
 * everybody else can do without, and a process of Chromium has room for about a hundred memories: what its other
 * workers have left for their garbage collectors takes that room, and one that finds none can only collect its own.
 */
async function runAll(host: Host, files: readonly string[]): Promise<FileResult[]> {
  if (files.length === 0) return []
  const isOfCodec = (file: string): boolean => file.startsWith('packages/codec/')
  return await withBrowser(host, { limitMs: filesMsMax }, async (browser) => {
    const ofCodec = await runFiles(browser, files.filter(isOfCodec), 1)
    const others = files.filter((file) => !isOfCodec(file))
    // What writes to real files takes longest, and is begun first.
    const ordered = [...others.filter(isSuite), ...others.filter((file) => !isSuite(file))]
    return [...ofCodec, ...(await runFiles(browser, ordered, 2))]
  })
}
