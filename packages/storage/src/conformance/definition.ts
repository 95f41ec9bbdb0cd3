import type { Bench } from './bench.ts'
import type { ContractPromise } from './check.ts'

/** A check before it knows which adapter it is for. */
export interface CheckDefinition extends ContractPromise {
  run(bench: Bench): Promise<void>
}
