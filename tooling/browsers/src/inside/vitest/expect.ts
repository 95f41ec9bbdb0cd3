// The real matchers of vitest on the real chai; only the test runner around them is ours.
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  ChaiStyleAssertions,
  customMatchers,
  type ExpectStatic,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect'
import * as chai from 'chai'

for (const plugin of [JestExtend, JestChaiExpect, ChaiStyleAssertions, JestAsymmetricMatchers]) chai.use(plugin)

/** What the plugin {@link JestExtend} gives to chai. */
interface Extensible {
  extend(expect: ExpectStatic, matchers: object): void
}

const extensible = chai.expect as unknown as Extensible
const platform = globalThis as unknown as Record<symbol, object>

function makeExpect(): ExpectStatic {
  const expect = ((value: unknown, message?: string) => chai.expect(value, message)) as ExpectStatic
  Object.assign(expect, chai.expect, platform[ASYMMETRIC_MATCHERS_OBJECT], {
    unreachable: (message = '') => { chai.assert.fail(`expected not to be reached: ${message}`) },
  })
  setState({ assertionCalls: 0 }, expect)
  extensible.extend(expect, customMatchers)
  return expect
}

export const expect: ExpectStatic = makeExpect()
Object.defineProperty(globalThis, GLOBAL_EXPECT, { value: expect, writable: true, configurable: true })
