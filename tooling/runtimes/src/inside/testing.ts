import { pathToFileURL } from 'node:url'
import { explain, runTests, takeSuite } from '@varve/portable-tests/run'
// Under the same rules as with vitest: a test that prints fails.
import '../../../vitest/src/quiet.ts'
import type { Message, Orders } from './orders.ts'

/** Runs test files of the packages one after the other in this process. */
export async function testing({ tests }: Orders, tell: (message: Message) => void): Promise<void> {
  const setup = takeSuite()
  for (const [group, bundle] of Object.entries(tests)) {
    tell({ kind: 'begin', group })
    try {
      await import(pathToFileURL(bundle).href)
    } catch (error) {
      takeSuite()
      tell({ kind: 'test', group, title: 'can be loaded', milliseconds: 0, error: explain(error) })
      continue
    }
    const results = await runTests(setup)
    for (const result of results) tell({ kind: 'test', group, ...result })
  }
}
