import type { TestResult } from '../../report/results.ts'
import { root, type Body, type Suite, type Test } from './registry.ts'

// Tests may take clocks and timers away.
const now = performance.now.bind(performance)
const later = setTimeout.bind(globalThis)
const never = clearTimeout.bind(globalThis)

let finishers: Body[] = []

/** Calls `body` when the running test is over. */
export function onTestFinished(body: Body): void {
  finishers.push(body)
}

/** Runs all tests that were registered, one after the other. */
export async function runTests(): Promise<TestResult[]> {
  const results: TestResult[] = []
  await runSuite(root, [], results)
  return results
}

async function runSuite(suite: Suite, outer: readonly Suite[], results: TestResult[]): Promise<void> {
  const path = [...outer, suite]
  const before = results.length
  const notBegun = await errorOf(suite.hooks.beforeAll)
  for (const test of suite.tests) results.push(await runTest(test, path, notBegun))
  for (const inner of suite.suites) await runSuite(inner, path, results)
  const error = await errorOf(suite.hooks.afterAll)
  if (error === undefined || before === results.length) return
  results.push({ title: titleOf(path, 'afterAll'), milliseconds: 0, error })
}

async function runTest({ title, body, limitMs }: Test, path: readonly Suite[], notBegun?: string): Promise<TestResult> {
  const began = now()
  const beforeEach = path.flatMap(({ hooks }) => hooks.beforeEach)
  const afterEach = path.flatMap(({ hooks }) => hooks.afterEach).reverse()
  finishers = []
  const error = notBegun ?? await errorOf([() => within(limitMs, () => inOrder([...beforeEach, body]))])
  const errorAfter = await errorOf([() => inOrder(afterEach), () => inOrder(finishers.reverse())])
  const result = { title: titleOf(path, title), milliseconds: now() - began }
  const failure = error ?? errorAfter
  return failure === undefined ? result : { ...result, error: failure }
}

function titleOf(path: readonly Suite[], title: string): string {
  return [...path.slice(1).map((suite) => suite.title), title].join(' > ')
}

async function inOrder(bodies: readonly Body[]): Promise<void> {
  for (const body of bodies) await body({})
}

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
    run().then(resolve, reject).finally(() => { never(timer) })
  })
}

/** Message, stack and causes: Firefox has no message in its stack. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { name, message, stack = '', cause } = error
  const said = stack.includes(message) ? stack : `${name}: ${message}\n${stack}`
  return cause === undefined ? said : `${said}\nCaused by: ${explain(cause)}`
}
