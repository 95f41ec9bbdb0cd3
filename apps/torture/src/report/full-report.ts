import type { RealReport } from '../real/run.ts'
import type { TortureReport } from '../run/torture.ts'
import type { ZooReport } from '../zoo/zoo.ts'

/** Everything that one command did. Goes into report.json as it is. */
export interface FullReport {
  /** Where it ran: runtime and platform. */
  readonly machine: string
  readonly simulated: TortureReport | undefined
  readonly zoo: ZooReport | undefined
  readonly real: RealReport | undefined
  /** Whether everything held, and everything that had to be reached or found was. */
  readonly isGreen: boolean
  /** Why not. */
  readonly complaints: readonly string[]
}
