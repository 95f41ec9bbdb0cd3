import type { Mutant } from './mutant.ts'
import { births } from './mutants/births.ts'
import { canary, commits } from './mutants/commits.ts'
import { evidence } from './mutants/evidence.ts'
import { framing } from './mutants/framing.ts'
import { locks } from './mutants/locks.ts'
import { recordFiles } from './mutants/record-files.ts'
import { recoveries } from './mutants/recoveries.ts'
import { recyclings } from './mutants/recyclings.ts'
import { retentions } from './mutants/retentions.ts'
import { rotations } from './mutants/rotations.ts'

/** Every bug that the torture must find. */
export const mutants: readonly Mutant[] = [
  canary,
  ...births,
  ...commits,
  ...rotations,
  ...recoveries,
  ...evidence,
  ...framing,
  ...locks,
  ...retentions,
  ...recyclings,
  ...recordFiles,
]
