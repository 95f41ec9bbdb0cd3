import { checkpointed } from './measure/checkpointed.ts'
import { codecs } from './measure/codecs.ts'
import { collections } from './measure/collections.ts'
import { crashes } from './measure/crashes.ts'
import { durableWrites } from './measure/durable-writes.ts'
import { eventLoop } from './measure/event-loop.ts'
import { kernels } from './measure/kernels.ts'
import { memory } from './measure/memory.ts'
import { openings } from './measure/openings.ts'
import { ports } from './measure/ports.ts'
import { publishing } from './measure/publishing.ts'
import { reading } from './measure/reading.ts'
import { recoveries } from './measure/recoveries.ts'
import { rotations } from './measure/rotations.ts'
import { scans } from './measure/scans.ts'
import { singles } from './measure/singles.ts'
import { staging } from './measure/staging.ts'
import { tails } from './measure/tails.ts'
import { ticks } from './measure/ticks.ts'
import { unsyncedWrites } from './measure/unsynced-writes.ts'
import type { Measurement } from './measurement.ts'
import type { Scale } from './scale.ts'

/** Everything there is to measure, in the order in which it is. */
export function measurementsOf(scale: Scale): readonly Measurement[] {
  return [
    ...singles,
    ticks,
    staging,
    collections,
    ...durableWrites(scale),
    ...unsyncedWrites(scale),
    rotations,
    ...reading,
    ...scans(scale),
    tails,
    ports,
    ...kernels(scale),
    ...codecs(scale),
    recoveries,
    crashes,
    ...openings(scale),
    checkpointed,
    ...publishing(scale),
    eventLoop,
    memory,
  ]
}
