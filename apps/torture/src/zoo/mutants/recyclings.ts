import { inFile, mutant, type Mutant } from '../mutant.ts'

const retention = 'segments/src/write/retention.ts'
const recycling = 'segments/src/write/recycling.ts'
const birth = 'segments/src/write/birth.ts'

const overwrite = '      yield* io(`overwrite ${name} at ${position}`, () => opened.write(slice, position))\n'
const durableName = '      yield* io(`make the removal of ${name} durable`, () => storage.syncNames())\n'

/** Files that have several lives. */
export const recyclings: readonly Mutant[] = [
  mutant({
    name: 'recycle-overwrites-before-the-name-is-durable',
    hazard: 'a loss of power brings the old name back, and the file is not what it was',
    edits: inFile(retention, [durableName, `      claim?.overwrite()\n${durableName}`]),
    killedBy: ['recycling'],
  }),
  mutant({
    name: 'recycle-skips-zeros',
    hazard: 'bytes of an old life stand behind the last frame, and a clean end looks torn',
    edits: inFile(recycling, [overwrite, '']),
    killedBy: ['recycling'],
    states: 20_000,
  }),
  mutant({
    name: 'recycle-keeps-bytes-and-salt',
    hazard: 'a phantom: frames of an old life of the file verify in the new one',
    edits: [
      ...inFile(recycling, [overwrite, '']),
      ...inFile(birth, ['  const salt = randomWord(runtime)\n', '  const salt = { low: 1, high: 1 }\n']),
    ],
    killedBy: ['recycling'],
    states: 20_000,
  }),
  mutant({
    name: 'recycle-above-the-floor',
    hazard: 'a segment is recycled that holds records which are still promised',
    edits: inFile(retention, ['!this.#isArchived(second) || !this', 'second === undefined || !this']),
    killedBy: ['swarm-recycling-plain-sync', 'swarm-recycling-plain-async'],
    states: 10_000,
  }),
  mutant({
    name: 'recycle-under-a-reader',
    hazard: 'a file is overwritten under the reader that is in it',
    edits: inFile(retention, [
      '    if (this.#leases.countFor(index) > 0) return false\n',
      '    if (index < 1) return false\n',
    ]),
    killedBy: ['swarm-recycling-scheduled-sync', 'swarm-recycling-scheduled-async'],
    states: 10_000,
  }),
]
