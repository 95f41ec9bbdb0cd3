// Runs one file of tests in this worker, under the same rules as at home.
import { explain, runTests } from '@varve/portable-tests/run'
import '../../../vitest/src/quiet.ts'
import { orders, type Orders } from './orders.ts'
import { tell } from './tell.ts'

const { bundle } = orders() as Orders & { readonly bundle: string }
try {
  await import(bundle)
  tell('results', await runTests())
} catch (error) {
  tell('failed', explain(error))
}
