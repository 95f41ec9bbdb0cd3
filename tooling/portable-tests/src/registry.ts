/** What test files have said so far. */

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

let current = emptySuite('')

function emptySuite(title: string): Suite {
  const hooks = { beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] }
  return { title, tests: [], suites: [], hooks }
}

/** All that was registered since the last call: what one file has said. The next file begins with nothing. */
export function takeSuite(): Suite {
  const taken = current
  current = emptySuite('')
  return taken
}

export function addSuite(title: string, define: () => unknown): void {
  const outer = current
  const suite = emptySuite(title)
  outer.suites.push(suite)
  current = suite
  try {
    const promise = define()
    if (promise instanceof Promise) throw new Error(`'${title}' is defined asynchronously: nobody would wait for it`)
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
