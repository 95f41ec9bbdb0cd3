import type { LogVariant } from '../system/log-variant.ts'
import type { TortureCase } from './case.ts'
import { caseOf, exhaustive } from './make-case.ts'
import { archive, everything, large, reclaim, reopen, small, tail } from './steps.ts'

const recycling = { recycle: true } as const satisfies LogVariant['options']

/** A segment that may be given up, and one so full that whatever comes next goes into what it was made into. */
const oneToGo: readonly number[] = [2600, 560, 1500, 1000, 580]

const short: readonly TortureCase[] = [
  caseOf({
    name: 'recycling',
    looksFor: 'a segment that lives on in the file of another one',
    options: recycling,
    isFaultless: true,
    steps: [archive, reclaim, small, reopen],
    before: oneToGo,
    plan: [4],
    engine: exhaustive([48]),
  }),
  caseOf({
    name: 'recycling-nested',
    looksFor: 'a file that is recycled while the process dies, and what the next one makes of it',
    options: recycling,
    steps: [reclaim, archive, small],
    before: oneToGo,
    plan: [3, 0],
    engine: exhaustive([24, 12]),
  }),
  caseOf({
    name: 'recycling-faults',
    looksFor: 'an operation of recycling that fails',
    options: recycling,
    durability: 'async',
    steps: [archive, reclaim, small],
    before: oneToGo,
    plan: [3, 0],
    engine: exhaustive([12, 8], { faultsMax: [1, 0] }),
  }),
  caseOf({
    name: 'recycling-interleaved',
    looksFor: 'readers, rotations and spares between any two steps of recycling',
    options: recycling,
    scheduled: true,
    steps: [reclaim, archive, tail, small],
    before: oneToGo,
    plan: [3],
    engine: exhaustive([12], { scheduleMax: 1 }),
  }),
]

const swarms: readonly TortureCase[] = (['sync', 'async'] as const).flatMap((durability) =>
  [false, true].map((scheduled) =>
    caseOf({
      name: `swarm-recycling-${scheduled ? 'scheduled' : 'plain'}-${durability}`,
      looksFor: 'anything, in long lives of logs whose files have several',
      options: recycling,
      durability,
      scheduled,
      // What gives up and fills segments comes more often than by chance.
      steps: [...everything, archive, reclaim, large, archive, reclaim, large],
      plan: scheduled ? [14, 8, 8, 4] : [14, 8, 8, 4, 4],
      engine: { kind: 'swarm' },
    }),
  ),
)

/** What `LogOptions.recycle` may break. */
export const recyclingCases: readonly TortureCase[] = [...short, ...swarms]
