import type { TestResult } from '@varve/portable-tests/run'
import type { FileResult } from '../report/results.ts'
import { browserKilled } from './browser-killed.ts'
import { nothingLeft } from './nothing-left.ts'
import { quickBench } from './quick-bench.ts'
import { quotaUsedUp } from './quota.ts'
import type { Scenario, ScenarioContext } from './scenario.ts'
import { tabEnds, twoTabsRace } from './two-tabs.ts'

const all: readonly Scenario[] = [nothingLeft, twoTabsRace, tabEnds, browserKilled, quotaUsedUp, quickBench]

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
  for (const scenario of scenariosNamed(only)) tests.push(await runOne(scenario, context))
  if (tests.length === 0) return []
  return [{ browser: context.name, file: scenariosFile, milliseconds: performance.now() - began, tests }]
}

async function runOne({ title, run }: Scenario, context: ScenarioContext): Promise<TestResult> {
  const began = performance.now()
  try {
    await run(context)
    return { title, milliseconds: performance.now() - began }
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { title, milliseconds: performance.now() - began, error: text }
  }
}
