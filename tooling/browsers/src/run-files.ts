import type { TestResult } from '@varve/portable-tests/run'
import { scriptOf } from './bundle/bundle.ts'
import type { Browser } from './driver/browser.ts'
import type { Tab } from './driver/tab.ts'
import type { FileResult } from './report/results.ts'

const worker = '/tooling/browsers/src/inside/test-file.js'
/** A file of tests that takes longer has failed. Milliseconds. */
const fileMsMax = 120_000

/** Runs files of tests, so many at once, each in a worker of its own, with modules of its own: as vitest does. */
export async function runFiles(browser: Browser, files: readonly string[], atOnce: number): Promise<FileResult[]> {
  const tab = await browser.openTab()
  const results: FileResult[] = []
  const left = [...files]
  const lane = async (): Promise<void> => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      results.push(await runFile(browser, tab, file))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  await tab.close()
  return results.sort((one, other) => (one.file < other.file ? -1 : 1))
}

async function runFile(browser: Browser, tab: Tab, file: string): Promise<FileResult> {
  const began = performance.now()
  const job = await tab.start(worker, { bundle: scriptOf(file) })
  const tests = await testsOf(job.inbox.first('results', fileMsMax))
  await job.terminate()
  return { browser: browser.settings.name, file, milliseconds: performance.now() - began, tests }
}

/** A file that could not be run to its end counts as one test that failed. */
async function testsOf(results: Promise<unknown>): Promise<readonly TestResult[]> {
  try {
    const tests = (await results) as readonly TestResult[]
    return tests.length > 0 ? tests : [{ title: 'the file', milliseconds: 0, error: 'has no tests' }]
  } catch (error) {
    return [{ title: 'the file', milliseconds: 0, error: String(error) }]
  }
}
