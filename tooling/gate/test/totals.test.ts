import { describe, it } from 'vitest'
import { Copy } from './copy.ts'

const source = 'export function one(): number {\n  return 1\n}\n'
const imports = "import { expect, it } from 'vitest'\nimport { one } from '../src/index.ts'\n"
const passing = "it('is one', () => {\n  expect(one()).toBe(1)\n})\n"

interface Case {
  readonly test: string
  readonly status: number
  /** The last line that the gate prints. */
  readonly last: string
  readonly says?: string
  readonly source?: string
}

const cases: Record<string, Case> = {
  'a test that passes and reaches every line': { test: imports + passing, status: 0, last: '1 passed, 0 failed' },
  'a line that no test reaches': {
    source: `${source}export function two(): number {\n  return 2\n}\n`,
    test: imports + passing,
    status: 1,
    last: '1 passed, 0 failed',
    says: 'Coverage for lines (50%) does not meet global threshold (100%)',
  },
  'a test that fails': {
    test: `${imports + passing}it('is two', () => {\n  expect(one()).toBe(2)\n})\n`,
    status: 1,
    last: '1 passed, 1 failed',
  },
  'a test that prints': {
    test: `${imports}it('prints', () => {\n  console.log(one())\n})\n`,
    status: 1,
    last: '0 passed, 1 failed',
    says: 'a test printed to the console',
  },
  'a test file that cannot be loaded': {
    test: "import '../src/missing.ts'\n",
    status: 1,
    last: '0 passed, 1 failed',
  },
}

describe.concurrent('the step with the tests is right about', () => {
  it.each(Object.entries(cases))('%s', async (_, { test, status, last, says = '', ...options }) => {
    const copy = new Copy()
    try {
      copy.remove('packages', 'apps', 'tooling/*/test')
      copy.add('packages/planted/src/index.ts', options.source ?? source)
      copy.add('packages/planted/test/index.test.ts', test)
      const { stdout, stderr, ...result } = await copy.gate('tests')
      const lastLine = stdout.trimEnd().split('\n').at(-1)
      if (result.status !== status || lastLine !== last || !(stdout + stderr).includes(says)) {
        throw new Error(`ended with ${String(result.status)}\n${stdout}${stderr}`)
      }
    } finally {
      copy.delete()
    }
  })
})
