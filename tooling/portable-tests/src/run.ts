import { takeSuite, type Body, type Suite, type Test } from './registry.ts'
import { explain } from './explain.ts'
import { takeFinishers } from './finishers.ts'

export { takeSuite, type Suite } from './registry.ts'
export { explain } from './explain.ts'

/** What came of one test. Plain data. */
export interface TestResult {
  /** With the titles of the suites around it. */
  readonly title: string
  readonly milliseconds: number
  /** Only of one that failed. */
  readonly error?: string
}

// Tests may take clocks and timers away.
const now = performance.now.bind(performance)
const later = setTimeout.bind(globalThis)
const never = clearTimeout.bind(globalThis)

/**
 * Runs all tests that were registered since the last call, one after the other. Never rejects.
 *
 * @param setup - Whose hooks hold for every file: what {@link takeSuite} gave behind the setup file.
 */
export async function runTests(setup?: Suite): Promise<TestResult[]> {
  const results: TestResult[] = []
  const file = takeSuite()
  const around = setup === undefined ? file : { ...setup, tests: [], suites: [file] }
  await runSuite(around, [], results)
  return results
}

async function runSuite(suite: Suite, outer: readonly Suite[], results: TestResult[]): Promise<void> {
  const path = [...outer, suite]
  const notBegun = await errorOf(suite.hooks.beforeAll)
  for (const test of suite.tests) results.push(await runTest(test, path, notBegun))
  for (const inner of suite.suites) await runSuite(inner, path, results)
  const error = notBegun ?? (await errorOf(suite.hooks.afterAll))
  if (error !== undefined) results.push({ title: titleOf(path, 'hooks around all'), milliseconds: 0, error })
}

async function runTest({ title, body, limitMs }: Test, path: readonly Suite[], notBegun?: string): Promise<TestResult> {
  const began = now()
  const beforeEach = path.flatMap(({ hooks }) => hooks.beforeEach)
  const afterEach = path.flatMap(({ hooks }) => hooks.afterEach).reverse()
  const error = notBegun ?? (await errorOf([() => within(limitMs, () => inOrder([...beforeEach, body]))]))
  const errorAfter = await errorOf([...afterEach, ...takeFinishers().reverse()])
  const failure = error ?? errorAfter
  const result = { title: titleOf(path, title), milliseconds: now() - began }
  return failure === undefined ? result : { ...result, error: failure }
}

function titleOf(path: readonly Suite[], title: string): string {
  return [...path.map((suite) => suite.title), title].filter((each) => each !== '').join(' > ')
}

async function inOrder(bodies: readonly Body[]): Promise<void> {
  for (const body of bodies) await body({})
}

/** Runs them all; what the first one that failed said. */
async function errorOf(bodies: readonly Body[]): Promise<string | undefined> {
  let first: string | undefined
  for (const body of bodies) {
    try {
      await body({})
    } catch (error) {
      first ??= explain(error)
    }
  }
  return first
}

function within(limitMs: number, run: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = later(() => { reject(new Error(`not done after ${limitMs} ms`)) }, limitMs)
    void run().then(resolve, reject).finally(() => { never(timer) })
  })
}
