import { inFile, mutant, type Mutant } from '../mutant.ts'

const publish = 'checkpoint/src/publish.ts'
const write = 'checkpoint/src/write/write-checkpoint.ts'
const reader = 'checkpoint/src/read/checkpoint-reader.ts'
const verify = 'checkpoint/src/read/verify.ts'
const recover = 'checkpoint/src/recover.ts'
const unlisted = 'checkpoint/src/unlisted.ts'

/** Published states, and what is given up for them. */
export const checkpoints: readonly Mutant[] = [
  mutant({
    name: 'checkpoint-before-records',
    hazard: 'a state is published whose records are not durable',
    edits: inFile(publish, ['  yield* log.sync()\n', '']),
    killedBy: ['publish-async'],
  }),
  mutant({
    name: 'checkpoint-renamed-before-sync',
    hazard: 'a checkpoint gets its name before it is durable',
    edits: inFile(write, ['    yield* io(`sync ${name}`, () => file.sync())\n', '']),
    killedBy: ['publish'],
  }),
  mutant({
    name: 'checkpoint-listed-before-name',
    hazard: 'a checkpoint is listed before its name is durable',
    edits: inFile(write, ['    yield* io(`make the name ${name} durable`, () => storage.syncNames())\n', '']),
    killedBy: ['publish'],
  }),
  mutant({
    name: 'floor-before-list',
    hazard: 'the floor is durable before the list that names the checkpoint it was raised for',
    edits: inFile(publish, [
      '  if (!isThere || next.length !== kept.length) yield* log.recordCheckpoints(encodeCheckpointList(next))\n' +
        '  const reclaimed = yield* log.reclaim(floorFor(chosen, keep, shelf.inherited, isEventual))\n',
      '  const reclaimed = yield* log.reclaim(floorFor(chosen, keep, shelf.inherited, isEventual))\n' +
        '  if (!isThere || next.length !== kept.length) yield* log.recordCheckpoints(encodeCheckpointList(next))\n',
    ]),
    killedBy: ['publish-replace'],
  }),
  mutant({
    name: 'floor-before-enough-checkpoints',
    hazard: 'records are given up for the first checkpoint, and nothing is left behind it',
    edits: inFile(publish, ['isWhole).length < keep) return', 'isWhole).length < 1) return']),
    killedBy: ['publish', 'publish-reclaim'],
  }),
  mutant({
    name: 'checkpoints-removed-before-list',
    hazard: 'a checkpoint is removed while the durable list still names it and not yet the newer one',
    edits: inFile(publish, [
      '  if (!isThere || next',
      '  const newer = new Set(next.map(({ name }) => name))\n' +
        '  yield* removeFiles(log, files.checkpoints.filter((name) => !newer.has(name)))\n' +
        '  if (!isThere || next',
    ]),
    killedBy: ['publish-replace'],
  }),
  mutant({
    name: 'checkpoint-end-not-checked',
    hazard: 'chunks that are whole are believed, whatever the end record says of them',
    edits: inFile(reader, ['if (!sameWord(digest, this.#digest)) {', 'if (this.#digest.low < 0) {']),
    killedBy: ['checkpoint-decay'],
  }),
  mutant({
    name: 'checkpoint-end-not-needed',
    hazard: 'a checkpoint whose end record is missing is taken for a whole one',
    edits: inFile(
      reader,
      [
        '    const payload = yield* this.#frame(position)\n',
        '    if (this.#state.position >= this.#size) {\n' +
          '      this.end = { sequence: 0, bytes: this.#bytes, chunks: this.#chunks, digest: this.#digest }\n' +
          '      return undefined\n' +
          '    }\n' +
          '    const payload = yield* this.#frame(position)\n',
      ],
    ),
    killedBy: ['checkpoint-decay'],
  }),
  mutant({
    name: 'checkpoint-digest-not-checked',
    hazard: 'another state under the name of a checkpoint is taken for it',
    edits: inFile(verify, ['digest === undefined || sameWord(', 'digest !== undefined || sameWord(']),
    killedBy: ['checkpoint-decay'],
  }),
  mutant({
    name: 'checkpoint-restored-unverified',
    hazard: 'a checkpoint is handed to whoever restores it before it was read to its end',
    edits: inFile(verify, [
      '    while ((yield* reader.next()) !== undefined) yield* log.runtime.turn()\n',
      '    if (digest !== undefined) return { sequence: place.sequence, bytes: 0, chunks: 0, digest }\n' +
        '    while ((yield* reader.next()) !== undefined) yield* log.runtime.turn()\n',
    ]),
    killedBy: ['checkpoint-decay'],
  }),
  mutant({
    name: 'orphans-of-an-older-list',
    hazard: 'what is listed is taken for an orphan',
    edits: inFile(recover, [
      'yield* removeOrphans(log, logId, kept)',
      'yield* removeOrphans(log, logId, kept.slice(1))',
    ]),
    killedBy: ['publish'],
  }),
  mutant({
    name: 'fallback-missing',
    hazard: 'a damaged checkpoint is passed over, and with it all that came before',
    edits: inFile(recover, ['    damaged.push(answer)\n', '    damaged.push(answer)\n    break\n']),
    killedBy: ['checkpoint-decay'],
  }),
  mutant({
    name: 'checkpoint-beyond-log-ignored',
    hazard: 'a log that lost its durable end goes on as if a checkpoint behind it proved nothing',
    edits: inFile(unlisted, ['  throw beyondLog(name, sequence, log.lastSequence)\n', '']),
    killedBy: ['checkpoint-decay'],
  }),
  mutant({
    name: 'young-checkpoint-trusted',
    hazard: 'where names are eventual, older checkpoints and records are given up for a young one',
    edits: inFile(publish, [
      "  const isEventual = log.storage.capabilities.names === 'eventual'\n",
      '  const isEventual = false\n',
    ]),
    killedBy: ['publish-young', 'publish-swarm-plain-opfs-chromium'],
    states: 10_000,
  }),
]
