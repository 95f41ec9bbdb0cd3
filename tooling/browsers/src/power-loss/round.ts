import type { BrowserName } from '../driver/find.ts'

export const conditions = ['old', 'young', 'naive'] as const

/**
 * `old`: the pool is older than 70 s, so that its names are durable in every browser. `young`: it is younger than 20 s.
 * `naive`: files of OPFS are created, moved and removed as the log does it, in an origin older than 70 s.
 */
export type Condition = (typeof conditions)[number]

/**
 * What a power loss left. `kept`: all that was acknowledged. `lost`: a log, and not all of it. `gone`: no log at all.
 * `unreadable`: something that is refused. `false`: records that nobody wrote so.
 */
export type Outcome = 'kept' | 'lost' | 'gone' | 'unreadable' | 'false'

/** One power loss. */
export interface Round {
  readonly browser: BrowserName
  readonly condition: Condition
  readonly durability: 'sync' | 'group'
  /** What the storage said of names in the moment of the cut. */
  readonly names: string
  /** From the moment when the log had been opened, or the pool was old, to the cut. Milliseconds. */
  readonly delayMs: number
  /** In this life of the browser. */
  readonly acknowledged: number
  /** In this life. */
  readonly segmentsRemoved: number
  readonly outcome: Outcome
  /** Of those acknowledged in this life and in all before it on the same disk. */
  readonly lost: number
  /** What recovery found, and how many segments there were then. */
  readonly row: string
  readonly segments: number
  /** What went wrong, if something did. */
  readonly detail: string
}
