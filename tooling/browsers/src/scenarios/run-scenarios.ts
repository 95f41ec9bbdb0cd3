import type { TestResult } from '@varve/portable-tests/run'
import type { Browser } from '../driver/browser.ts'
import type { Host } from '../driver/with-browser.ts'
import type { FileResult } from '../report/results.ts'
import { browserKilled } from './browser-killed.ts'
import { pageReloaded, tabsShare } from './facade.ts'
import { nothingLeft } from './nothing-left.ts'
import { quickBench } from './quick-bench.ts'
import { quotaUsedUp } from './quota.ts'
import type { Scenario } from './scenario.ts'
import { tabEnds, twoTabsRace } from './two-tabs.ts'

const all: readonly Scenario[] = [
  nothingLeft,
  twoTabsRace,
  tabEnds,
  browserKilled,
  quotaUsedUp,
  pageReloaded,
  tabsShare,
  quickBench,
]

/** Longer than a browser may take in any of them. Milliseconds. */
const limitMs = 240_000

/** Under what the results are shown. */
const scenariosFile = 'tooling/browsers/src/scenarios'

/** Those that --only asks for. */
export function scenariosNamed(only: RegExp): readonly Scenario[] {
  return all.filter(({ title }) => only.test(`${scenariosFile} ${title}`))
}

/** Those that --only asks for, two at once. */
export async function runScenarios(host: Host, only: RegExp): Promise<FileResult[]> {
  const began = performance.now()
  const tests: TestResult[] = []
  const left = [...scenariosNamed(only)]
  const lane = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      tests.push(await runScenario(next, host, limitMs))
    }
  }
  await Promise.all([lane(), lane()])
  if (tests.length === 0) return []
  return [{ browser: host.name, file: scenariosFile, milliseconds: performance.now() - began, tests }]
}

/**
 * Runs one. If it does not end within the limit, although its browsers have limits of their own, they are killed and it
 * has failed: whatever it waits for must not keep the others from running.
 */
export async function runScenario({ title, run }: Scenario, host: Host, allMs: number): Promise<TestResult> {
  const began = performance.now()
  const running = new Set<Pick<Browser, 'strike'>>()
  let timer: NodeJS.Timeout | undefined
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        for (const browser of running) browser.strike()
        reject(new Error(`it did not end within ${allMs} ms: ${running.size} browsers were ended`))
      }, allMs)
    })
    await Promise.race([run({ ...host, running }), late])
    return { title, milliseconds: performance.now() - began }
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { title, milliseconds: performance.now() - began, error: text }
  } finally {
    clearTimeout(timer)
  }
}
