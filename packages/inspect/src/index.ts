export { applyRepair, inspectLog, planRepair, verifyLog } from './api/asynchronous.ts'
export { applyRepairSync, inspectLogSync, planRepairSync, verifyLogSync } from './api/synchronous.ts'
export type { RepairReport } from './apply/apply.ts'
export {
  findingCodes,
  type Finding,
  type FindingCode,
  type FindingContext,
  type FindingVerdict,
  type OverallVerdict,
} from './finding.ts'
export type { HistoryEntry, RepairRecord } from './history.ts'
export type {
  FileKind,
  InspectedFile,
  InspectedSeal,
  InspectedSegment,
  InspectedTail,
  LogInspection,
} from './inspect-log.ts'
export type { CheckpointPicture, SegmentState } from './picture.ts'
export type {
  QuarantinedCopy,
  RecordRange,
  Refusal,
  RepairChoice,
  RepairKind,
  RepairPlan,
} from './plan/repair-plan.ts'
export type { ApplyOptions, PlanOptions, VerifyOptions } from './procedures.ts'
export type { LookOptions, Progress } from './settings.ts'
export type { VerifiedFile, Verification } from './verify-log.ts'
