import type { Check } from './check.ts'

/** The two functions that every test runner has: Vitest, Jest, Mocha, Jasmine, `node:test`, `bun:test`, Deno's BDD. */
export interface TestRunner {
  readonly describe: (title: string, define: () => void) => unknown
  readonly it: (title: string, run: () => Promise<void>) => unknown
}

/**
 * Registers every check as a test of its own. Checks of features that the adapter does not offer pass.
 *
 * @param title - Of the group. Default `storage contract`.
 */
export function register(runner: TestRunner, checks: readonly Check[], title = 'storage contract'): void {
  runner.describe(title, () => {
    for (const check of checks) {
      runner.it(`${check.id}: ${check.title}`, async () => {
        await check.run()
      })
    }
  })
}
