/** What a test file has said so far. */

export type Body = (context: object) => unknown

export interface Test {
  readonly title: string
  readonly body: Body
  /** Milliseconds. */
  readonly limitMs: number
}

type HookName = 'beforeAll' | 'beforeEach' | 'afterEach' | 'afterAll'

export interface Suite {
  readonly title: string
  readonly tests: Test[]
  readonly suites: Suite[]
  readonly hooks: Readonly<Record<HookName, Body[]>>
}

const limitMsDefault = 60_000

/** Everything outside of a `describe`. */
export const root: Suite = emptySuite('')

let current = root

function emptySuite(title: string): Suite {
  const hooks = { beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] }
  return { title, tests: [], suites: [], hooks }
}

export function addSuite(title: string, define: () => void): void {
  const outer = current
  const suite = emptySuite(title)
  outer.suites.push(suite)
  current = suite
  try {
    define()
  } finally {
    current = outer
  }
}

export function addTest(title: string, body: Body, limitMs = limitMsDefault): void {
  current.tests.push({ title, body, limitMs })
}

export function addHook(name: HookName, body: Body): void {
  current.hooks[name].push(body)
}
