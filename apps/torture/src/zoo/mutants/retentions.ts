import { inFile, mutant, type Mutant } from '../mutant.ts'

const retention = 'segments/src/write/retention.ts'
const openLog = 'segments/src/recover/open-log.ts'

/** What is given up, and when. */
export const retentions: readonly Mutant[] = [
  mutant({
    name: 'reclaim-before-floor-is-durable',
    hazard: 'segments are removed before the floor that allows it is durable',
    edits: inFile(retention, ['active.segment, book.durable.floor)', 'active.segment, book.staged.floor)']),
    killedBy: ['swarm-scheduled-async-strict-posix', 'swarm-scheduled-sync-strict-posix'],
    states: 10_000,
  }),
  mutant({
    name: 'reclaim-ignores-readers',
    hazard: 'a segment is removed under the reader that is in it',
    edits: inFile(retention, [
      '    if (this.#leases.countFor(index) > 0) return false\n',
      '    if (index < 1) return false\n',
    ]),
    killedBy: ['swarm-scheduled-sync-strict-posix', 'swarm-scheduled-async-strict-posix'],
    states: 10_000,
  }),
  mutant({
    name: 'open-removes-before-hand-over',
    hazard: 'a floor that only the cache has lets an open remove what it may still need',
    edits: inFile(openLog, [
      '  const { old, born, index, cut, carriedRecords } = yield* handOver(',
      '  yield* removeReclaimed(settings, belowFloor)\n' +
        '  const { old, born, index, cut, carriedRecords } = yield* handOver(',
    ]),
    killedBy: ['sparse-retention'],
    states: 8_000,
  }),
]
