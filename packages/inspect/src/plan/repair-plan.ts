import type { Finding, OverallVerdict } from '../finding.ts'

/** A stretch of records, ends included. */
export interface RecordRange {
  readonly firstSequence: number
  /** Absent where nothing tells how far it went. */
  readonly lastSequence: number | undefined
}

/**
 * `renew`: a copy of a segment, with what carries no record made anew, takes its place. `set-aside`: a file leaves the
 * directory. `delist`: the log does not keep a checkpoint any more. `keep-before`: the log ends where the first damage
 * is. `keep-behind`: the log begins behind the last damage. `finish`: what an interrupted repair had begun.
 */
export type RepairKind = 'renew' | 'set-aside' | 'delist' | 'keep-before' | 'keep-behind' | 'finish'

/** One way out. */
export interface RepairChoice {
  /** Stable: the same damage gives the same ids. What `applyRepair` takes. */
  readonly id: string
  readonly kind: RepairKind
  /** Which of the findings of the plan it deals with. */
  readonly resolves: readonly number[]
  /** What happens to which bytes, in words. */
  readonly text: string
  /** Whether every record and every usable checkpoint that is there now is there afterwards. */
  readonly isLossless: boolean
  /** Records that the log does not have any more. Those of damaged places were lost before. */
  readonly lost: readonly RecordRange[]
  /** Records that it has; undefined without any. */
  readonly kept: RecordRange | undefined
  /** The newest checkpoint that a recovery can begin with; undefined where it needs, or has, none. */
  readonly checkpoint: string | undefined
  /** Files that are copied before anything is changed, and the names of the copies. */
  readonly quarantines: readonly QuarantinedCopy[]
  /** Files that leave the directory when their copies are durable. */
  readonly removes: readonly string[]
}

export interface QuarantinedCopy {
  readonly name: string
  readonly copy: string
}

/** Damage with no way out in this directory. */
export interface Refusal {
  /** Which of the findings of the plan. */
  readonly finding: number
  readonly reason: string
}

/** What is wrong with a log, and the ways out. Plain data: it may be stored, shown and sent. */
export interface RepairPlan {
  /** Of everything that the plan stands on: `applyRepair` refuses a directory that has changed since. */
  readonly digest: string
  readonly verdict: OverallVerdict
  readonly findings: readonly Finding[]
  /** Lossless ones first. One is applied, then a new plan is made if more is wrong. */
  readonly choices: readonly RepairChoice[]
  readonly refusals: readonly Refusal[]
}
