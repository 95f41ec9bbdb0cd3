import type { Mutant } from './mutant.ts'
import { births } from './mutants/births.ts'
import { checkpoints } from './mutants/checkpoints.ts'
import { canary, commits } from './mutants/commits.ts'
import { databases } from './mutants/databases.ts'
import { evidence } from './mutants/evidence.ts'
import { framing } from './mutants/framing.ts'
import { locks } from './mutants/locks.ts'
import { pools } from './mutants/pools.ts'
import { queues } from './mutants/queues.ts'
import { recordFiles } from './mutants/record-files.ts'
import { recoveries } from './mutants/recoveries.ts'
import { recyclings } from './mutants/recyclings.ts'
import { repairs } from './mutants/repairs.ts'
import { replicas } from './mutants/replicas.ts'
import { retentions } from './mutants/retentions.ts'
import { rotations } from './mutants/rotations.ts'

/** Every bug that the torture must find. */
export const mutants: readonly Mutant[] = [
  canary,
  ...births,
  ...commits,
  ...queues,
  ...rotations,
  ...recoveries,
  ...evidence,
  ...framing,
  ...locks,
  ...retentions,
  ...recyclings,
  ...recordFiles,
  ...replicas,
  ...checkpoints,
  ...repairs,
  ...databases,
  ...pools,
]
