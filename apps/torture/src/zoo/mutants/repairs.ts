import { inFile, mutant, type Mutant } from '../mutant.ts'

const apply = 'inspect/src/apply/apply.ts'
const quarantine = 'inspect/src/apply/quarantine.ts'
const history = 'inspect/src/history.ts'
const makePlan = 'inspect/src/plan/make-plan.ts'
const renew = 'segments/src/repair/renew-segment.ts'
const birth = 'segments/src/repair/go-on-behind.ts'

const quarantined = '  yield* quarantine(settings, picture.names, quarantines)\n'
const published = '  const published = yield* publish(decision)\n'

/** Repairs that put a damaged log at risk. */
export const repairs: readonly Mutant[] = [
  mutant({
    name: 'quarantine-after-publishing',
    hazard: 'a segment is replaced before there is a copy of it',
    edits: inFile(apply, [quarantined, ''], [published, published + quarantined]),
    killedBy: ['repair-renew'],
  }),
  mutant({
    name: 'quarantine-names-not-durable',
    hazard: 'a file leaves the directory before the name of its copy is durable',
    edits: [
      ...inFile(quarantine, ["  yield* io('make the names of the copies durable', () => storage.syncNames())\n", '']),
      ...inFile(history, ['  yield* io(`make the name ${name} durable`, () => storage.syncNames())\n', '']),
    ],
    killedBy: ['repair-doubled'],
  }),
  mutant({
    name: 'quarantine-not-synced',
    hazard: 'a file leaves the directory before its copy is durable',
    edits: inFile(quarantine, ['    yield* io(`sync ${spare}`, () => file.sync())\n', '']),
    killedBy: ['repair-doubled'],
  }),
  mutant({
    name: 'stale-plan-accepted',
    hazard: 'a plan is applied to a directory that has changed since it was made',
    edits: inFile(apply, ['  if (now.digest !== plan.digest) {\n', '  if (now.digest === `${plan.digest} `) {\n']),
    killedBy: ['repair-stale'],
  }),
  mutant({
    name: 'renewed-before-sync',
    hazard: 'a copy takes the place of a segment before it is durable',
    edits: inFile(renew, ['    yield* io(`sync ${spare}`, () => file.sync())\n', '']),
    killedBy: ['repair-renew'],
  }),
  mutant({
    name: 'repair-not-newer',
    hazard: 'what a repair has left behind is taken for the continuation of its segment, or the other way round',
    edits: inFile(birth, ['logId, epoch, nextSpare: 1', 'logId, epoch: header.epoch, nextSpare: 1']),
    killedBy: ['repair-before'],
  }),
  mutant({
    name: 'repair-never-finished',
    hazard: 'what an interrupted repair had begun is planned anew, as if it were other damage',
    edits: inFile(makePlan, ['  if (unfinished !== undefined) return [unfinished]\n', '']),
    killedBy: ['repair-behind', 'repair-before'],
  }),
]
