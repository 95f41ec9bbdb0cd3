import { asynchronousRuntime, type LogStorage } from '@varve/storage'
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

/**
 * Says what is in the directory of a log: files, segments, checkpoints, what the end means, what was repaired. Looks as
 * far as an open does. Takes no lock and changes nothing; works beside a living writer.
 *
 * @throws VarveError (as a rejection) `ABORTED`, `IO`, `SHORT_READ`, `INVALID_ARGUMENT`. Damage is no error here.
 *
 * @example
 * const { segments, tail } = await inspectLog(storage)
 */
export async function inspectLog(storage: LogStorage, options: LookOptions = {}): Promise<LogInspection> {
  const runtime = options.runtime ?? asynchronousRuntime()
  return await runtime.run(inspectProcedure(storage, runtime, options))
}

/**
 * Verifies a log: every name, header, frame, SEAL, chain, cut and checkpoint, and says what is wrong and where. Takes
 * no lock and changes nothing. Beside a living writer the end that it was found with counts; one that moves is no
 * damage. Memory: one read buffer, or the largest record.
 *
 * @throws VarveError (as a rejection) `ABORTED`, `IO`, `SHORT_READ`, `INVALID_ARGUMENT`. Damage is no error here.
 *
 * @example
 * const { verdict, findings } = await verifyLog(storage)
 */
export async function verifyLog(storage: LogStorage, options: VerifyOptions = {}): Promise<Verification> {
  const runtime = options.runtime ?? asynchronousRuntime()
  return await runtime.run(verifyProcedure(storage, runtime, options))
}

/**
 * Verifies a log and says what can be done about all that is damaged: what each way out does to which bytes, which
 * records are lost by it, and what is kept where. Takes no lock and changes nothing.
 *
 * @throws VarveError (as a rejection) as {@link verifyLog}
 */
export async function planRepair(storage: LogStorage, options: PlanOptions = {}): Promise<RepairPlan> {
  const runtime = options.runtime ?? asynchronousRuntime()
  return await runtime.run(planProcedure(storage, runtime, options))
}

/**
 * Carries out one choice of a plan, by its id. Takes the lock and looks at everything once more. Nothing is overwritten
 * and nothing is lost for good: what changes or goes is copied to `*.quarantined` first, durably. Wherever it dies, the
 * directory is as it was, or repaired, or refused as `CORRUPT` by every open until another repair finishes it.
 *
 * @param choice - `id` of one of the plan's choices.
 * @throws VarveError (as a rejection) `INVALID_ARGUMENT`: the directory has changed since the plan was made, or there
 * is no such choice; `LOCKED`, `UNSUPPORTED` (names are eventual), `NO_SPACE`, `IO`.
 *
 * @example
 * const plan = await planRepair(storage)
 * const lossless = plan.choices.find(({ isLossless }) => isLossless)
 * if (lossless !== undefined) await applyRepair(storage, plan, lossless.id)
 */
export async function applyRepair(
  storage: LogStorage,
  plan: RepairPlan,
  choice: string,
  options: ApplyOptions = {},
): Promise<RepairReport> {
  const runtime = options.runtime ?? asynchronousRuntime()
  return await runtime.run(applyProcedure(storage, runtime, plan, choice, options))
}
