// The real matchers of vitest on the real chai; only the test runner around them is ours.
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  ChaiStyleAssertions,
  customMatchers,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
  type ExpectStatic,
} from '@vitest/expect'
import * as chai from 'chai'

for (const plugin of [JestExtend, JestChaiExpect, ChaiStyleAssertions, JestAsymmetricMatchers]) chai.use(plugin)

const platform = globalThis as unknown as Record<symbol, object>

function makeExpect(): ExpectStatic {
  const expect = ((value: unknown, message?: string) => chai.expect(value, message)) as unknown as ExpectStatic
  Object.assign(expect, chai.expect, platform[ASYMMETRIC_MATCHERS_OBJECT], {
    unreachable: (message = '') => { chai.assert.fail(`expected not to be reached: ${message}`) },
  })
  setState({ assertionCalls: 0 }, expect)
  const extensible = chai.expect as unknown as { extend(of: ExpectStatic, matchers: object): void }
  extensible.extend(expect, customMatchers)
  return expect
}

export const expect: ExpectStatic = makeExpect()
Object.defineProperty(globalThis, GLOBAL_EXPECT, { value: expect, writable: true, configurable: true })
