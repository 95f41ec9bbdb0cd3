import type { Counts } from './counting-fs.ts'

/** A stretch of work whose counts are the same on every machine and in every run. */
export interface Scenario {
  readonly name: string
  /** Does it in an empty directory of its own. */
  readonly count: (directory: string) => Counts | Promise<Counts>
}
