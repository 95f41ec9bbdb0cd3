import { strikeAll } from '../driver/browser.ts'
import type { FileResult, TestResult } from '../report/results.ts'
import { browserKilled } from './browser-killed.ts'
import { pageReloaded, tabsShare } from './facade.ts'
import { nothingLeft } from './nothing-left.ts'
import { quickBench } from './quick-bench.ts'
import { quotaUsedUp } from './quota.ts'
import type { Scenario, ScenarioContext } from './scenario.ts'
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

/** Those that --only asks for, one after the other. */
export async function runScenarios(context: ScenarioContext, only: RegExp): Promise<FileResult[]> {
  const began = performance.now()
  const tests: TestResult[] = []
  const end = (): void => { strikeAll(context.name) }
  for (const scenario of scenariosNamed(only)) tests.push(await runScenario(scenario, context, { limitMs, end }))
  if (tests.length === 0) return []
  return [{ browser: context.name, file: scenariosFile, milliseconds: performance.now() - began, tests }]
}

/** What is done about a scenario that does not end by itself, although its browser has a limit of its own. */
export interface Watchdog {
  readonly limitMs: number
  /** Ends what it has started. */
  readonly end: () => void
}

export async function runScenario(
  { title, run }: Scenario,
  context: ScenarioContext,
  { limitMs: allMs, end }: Watchdog,
): Promise<TestResult> {
  const began = performance.now()
  let timer: NodeJS.Timeout | undefined
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`it did not end within ${allMs} ms, and was ended`))
        end()
      }, allMs)
    })
    await Promise.race([run(context), late])
    return { title, milliseconds: performance.now() - began }
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { title, milliseconds: performance.now() - began, error: text }
  } finally {
    clearTimeout(timer)
  }
}
