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
} from '@vitest/expect'
import * as chai from 'chai'

for (const plugin of [JestExtend, JestChaiExpect, ChaiStyleAssertions, JestAsymmetricMatchers]) chai.use(plugin)

const platform = globalThis as unknown as Record<symbol, object>

function makeExpect(): typeof chai.expect {
  const expect = ((value: unknown, message?: string) => chai.expect(value, message)) as typeof chai.expect
  Object.assign(expect, chai.expect, platform[ASYMMETRIC_MATCHERS_OBJECT], {
    unreachable: (message = '') => { chai.assert.fail(`expected not to be reached: ${message}`) },
  })
  setState({ assertionCalls: 0 }, expect as never)
  chai.expect.extend(expect as never, customMatchers)
  return expect
}

export const expect = makeExpect()
Object.defineProperty(globalThis, GLOBAL_EXPECT, { value: expect, writable: true, configurable: true })
