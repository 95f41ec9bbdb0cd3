import { fullDisk } from './full-disk.ts'
import { injectedErrors } from './injected-errors.ts'
import { killNine } from './kill-nine.ts'
import { powerLosses } from './power-loss.ts'
import type { RealScenario } from './scenario.ts'

/** What is done to real processes on real file systems, where the machine allows it. */
export const realScenarios: readonly RealScenario[] = [killNine, ...powerLosses, fullDisk, injectedErrors]
