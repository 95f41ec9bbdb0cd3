import { faultProfiles, type ProfileName } from '@varve/dst'
import type { Durability } from '../system/log-variant.ts'
import type { TortureCase } from './case.ts'
import { caseOf } from './make-case.ts'
import { crowd, everything } from './steps.ts'

const durabilities: readonly Durability[] = ['sync', 'group', 'async']
/** Room for three small records. */
const crowdedQueueBytes = 240
const profileNames = Object.keys(faultProfiles) as ProfileName[]

/** Long lives on every kind of disk, in every mode. */
export const swarms: readonly TortureCase[] = profileNames.flatMap((profile) =>
  durabilities.flatMap((durability) =>
    [false, true].map((scheduled) =>
      caseOf({
        name: `swarm-${scheduled ? 'scheduled' : 'plain'}-${durability}-${profile}`,
        looksFor: 'anything, in long lives full of accidents',
        durability,
        profile,
        scheduled,
        steps: everything,
        plan: scheduled ? [12, 8, 8, 4] : [12, 8, 8, 4, 4],
        engine: { kind: 'swarm' },
      }),
    ),
  ),
)

/** Queues that hold less than the callers bring. */
export const crowds: readonly TortureCase[] = durabilities.flatMap((durability) =>
  (['wait', 'reject'] as const).map((onFull) =>
    caseOf({
      name: `crowd-${onFull}-${durability}`,
      looksFor: 'a full queue: calls that overtake each other, are forgotten, or get in after they were given up',
      durability,
      scheduled: true,
      options: { queue: { maxBytes: crowdedQueueBytes, onFull } },
      steps: crowd,
      plan: [16, 10, 6],
      engine: { kind: 'swarm' },
    }),
  ),
)
