import type { LogStorage, Procedure, Runtime } from '@varve/storage'
import { applyChoice, type RepairReport } from './apply/apply.ts'
import { examine } from './examine/examine.ts'
import { inspect, type LogInspection } from './inspect-log.ts'
import { makePlan } from './plan/make-plan.ts'
import type { RepairPlan } from './plan/repair-plan.ts'
import { settle, type LookOptions, type Progress } from './settings.ts'
import { verify, type Verification } from './verify-log.ts'

/** How a log is to be verified. */
export interface VerifyOptions extends LookOptions {
  /** Every byte, or what an open looks at: names, headers, SEALs, and the last segment. Default true. */
  readonly deep?: boolean
  /** Hears how far it has come, once for each read. */
  readonly onProgress?: (progress: Progress) => void
}

/** How a repair is to be planned. */
export interface PlanOptions extends LookOptions {
  /** Hears how far the look has come, once for each read. */
  readonly onProgress?: (progress: Progress) => void
}

/** How a repair is to be applied. */
export interface ApplyOptions extends PlanOptions {
  /** Kept in the history as it is, such as who repaired and when: nothing here knows the date. */
  readonly note?: string
}

export function* inspectProcedure(
  storage: LogStorage,
  runtime: Runtime,
  options: LookOptions,
): Procedure<LogInspection> {
  return yield* inspect(settle(storage, runtime, { ...options, deep: false }))
}

export function* verifyProcedure(
  storage: LogStorage,
  runtime: Runtime,
  options: VerifyOptions,
): Procedure<Verification> {
  return yield* verify(settle(storage, runtime, options))
}

export function* planProcedure(storage: LogStorage, runtime: Runtime, options: PlanOptions): Procedure<RepairPlan> {
  const settings = settle(storage, runtime, options)
  const picture = yield* examine(settings)
  return (yield* makePlan({ settings, picture })).plan
}

export function* applyProcedure(
  storage: LogStorage,
  runtime: Runtime,
  plan: RepairPlan,
  choice: string,
  options: ApplyOptions,
): Procedure<RepairReport> {
  return yield* applyChoice(settle(storage, runtime, options), plan, choice, options.note)
}
