import { adapters } from '../adapters/adapters.ts'
import { zooCases } from '../zoo/zoo-cases.ts'
import type { Durability } from '../system/log-variant.ts'
import type { TortureCase } from './case.ts'
import { checkpointCases } from './checkpoint-cases.ts'
import { databaseCases } from './database-cases.ts'
import { exhaustiveCases } from './exhaustive-cases.ts'
import { caseOf } from './make-case.ts'
import { opfsCases } from './opfs-cases.ts'
import { ownCases } from './own-cases.ts'
import { recyclingCases } from './recycling-cases.ts'
import { repairCases } from './repair-cases.ts'
import { replicaCases } from './replica-cases.ts'
import { archive, calls, checkpoint, reclaim, tail } from './steps.ts'
import { crowds, swarms } from './swarm-cases.ts'

const durabilities: readonly Durability[] = ['sync', 'group', 'async']

/** The same workloads on the adapters that people use: nothing is simulated but the deaths. */
const onAdapters: readonly TortureCase[] = adapters.flatMap((adapter) =>
  durabilities.map((durability) => ({
    ...caseOf({
      name: `adapter-${adapter.name}-${durability}`,
      looksFor: 'an adapter that differs from the simulated storage',
      durability,
      scheduled: !adapter.isSynchronous,
      steps: [...calls, tail, archive, reclaim, checkpoint],
      plan: [8, 6, 4],
      engine: { kind: 'adapter', adapter },
    }),
    storage: adapter.name,
    profile: 'none' as const,
  })),
)

const planted: readonly TortureCase[] = [
  {
    ...caseOf({
      name: 'planted',
      looksFor: 'damage that no accident makes, and a log that serves it without a word',
      steps: [],
      plan: [],
      engine: { kind: 'planted' },
    }),
    storage: 'planted',
    profile: 'none',
  },
]

const takeover: TortureCase = caseOf({
  name: 'takeover',
  looksFor: 'a writer that was taken for dead, wakes up, and changes what its successor was told',
  steps: [],
  plan: [],
  engine: { kind: 'takeover' },
})

/** Everything that the torture does. */
export const tortureCases: readonly TortureCase[] = [
  takeover,
  ...planted,
  ...ownCases,
  ...onAdapters,
  ...exhaustiveCases,
  ...replicaCases,
  ...repairCases,
  ...recyclingCases,
  ...zooCases,
  ...opfsCases,
  ...checkpointCases,
  ...databaseCases,
  ...swarms,
  ...crowds,
]
