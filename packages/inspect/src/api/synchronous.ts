import { VarveError } from '@varve/codec'
import { synchronousRuntime, type LogStorage, type Procedure, type Runtime } from '@varve/storage'
import type { RepairReport } from '../apply/apply.ts'
import type { LogInspection } from '../inspect-log.ts'
import type { RepairPlan } from '../plan/repair-plan.ts'
import {
  applyProcedure,
  inspectProcedure,
  planProcedure,
  verifyProcedure,
  type ApplyOptions,
  type PlanOptions,
  type VerifyOptions,
} from '../procedures.ts'
import type { LookOptions } from '../settings.ts'
import type { Verification } from '../verify-log.ts'

/** As `inspectLog`, on a synchronous storage. @throws VarveError `STORAGE_IS_ASYNC`, and as `inspectLog` rejects */
export function inspectLogSync(storage: LogStorage, options: LookOptions = {}): LogInspection {
  return run(storage, options, (runtime) => inspectProcedure(storage, runtime, options))
}

/** As `verifyLog`, on a synchronous storage. @throws VarveError `STORAGE_IS_ASYNC`, and as `verifyLog` rejects */
export function verifyLogSync(storage: LogStorage, options: VerifyOptions = {}): Verification {
  return run(storage, options, (runtime) => verifyProcedure(storage, runtime, options))
}

/** As `planRepair`, on a synchronous storage. @throws VarveError `STORAGE_IS_ASYNC`, and as `planRepair` rejects */
export function planRepairSync(storage: LogStorage, options: PlanOptions = {}): RepairPlan {
  return run(storage, options, (runtime) => planProcedure(storage, runtime, options))
}

/** As `applyRepair`, on a synchronous storage. @throws VarveError `STORAGE_IS_ASYNC`, and as `applyRepair` rejects */
export function applyRepairSync(
  storage: LogStorage,
  plan: RepairPlan,
  choice: string,
  options: ApplyOptions = {},
): RepairReport {
  return run(storage, options, (runtime) => applyProcedure(storage, runtime, plan, choice, options))
}

function run<T>(storage: LogStorage, options: LookOptions, procedure: (runtime: Runtime) => Procedure<T>): T {
  const runtime = options.runtime ?? synchronousRuntime()
  if (!storage.capabilities.synchronous || runtime.kind !== 'synchronous') {
    const message = 'a synchronous call needs a storage and a runtime that never wait; use the asynchronous function'
    throw new VarveError('STORAGE_IS_ASYNC', message)
  }
  // The driver has run the procedure to its end: what comes back is a value.
  return runtime.run(procedure(runtime)) as T
}
