// The repository's own tests, and more, in real browsers: `node tooling/browsers/src/main.ts [--browser NAME]
// [--only REGEX] [--report FILE]`.
import { writeFileSync } from 'node:fs'
import { parseArguments } from './arguments.ts'
import { bundle, type Bundle } from './bundle/bundle.ts'
import { findBrowser, type BrowserName } from './driver/find.ts'
import { withBrowser } from './driver/with-browser.ts'
import type { FileResult } from './report/results.ts'
import { failureLines, slowestLines, summaryLines, totalsOf } from './report/summary.ts'
import { runFiles } from './run-files.ts'
import { runScenarios } from './scenarios/run-scenarios.ts'

/** All files of tests in one browser. Milliseconds. */
const filesMsMax = 300_000

async function runIn(name: BrowserName, { scripts }: Bundle, files: readonly string[]): Promise<FileResult[]> {
  const results =
    files.length === 0 ? [] : await withBrowser(name, { scripts, limitMs: filesMsMax }, (browser) => runFiles(browser, files))
  return [...results, ...(await runScenarios({ name, scripts }, only))]
}

const { browsers, only = /./, report } = parseArguments(process.argv.slice(2))
const made = await bundle()
const files = made.tests.filter((file) => only.test(file))
console.log(`${made.excluded.length} files of tests need more than a browser has:`)
for (const { file, because } of made.excluded) console.log(`  ${file}: ${because}`)

const results: FileResult[] = []
for (const name of browsers) {
  if (findBrowser(name) === undefined) {
    console.log(`browsers: ${name} is not installed: its ${files.length} files of tests did not run`)
    if (process.env.VARVE_BROWSERS === 'required') process.exitCode = 1
    continue
  }
  const began = performance.now()
  const here = await runIn(name, made, files)
  results.push(...here)
  for (const line of failureLines(here)) console.log(line)
  console.log(`${name}, ${((performance.now() - began) / 1000).toFixed(1)} s`)
  for (const line of [...summaryLines(here), 'slowest:', ...slowestLines(here, Number(process.env.SLOW ?? 5))]) console.log(line)
}

const { passed, failed } = totalsOf(results)
if (report !== undefined) writeFileSync(report, JSON.stringify({ passed, failed }))
console.log(`browsers: ${passed} passed, ${failed} failed`)
if (failed > 0 || results.length === 0) process.exitCode = 1
