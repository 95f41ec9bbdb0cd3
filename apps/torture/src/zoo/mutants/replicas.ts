import { inFile, mutant, type Mutant } from '../mutant.ts'

const receiver = 'segments/src/replica/receiver.ts'
const positions = 'segments/src/replica/position-file.ts'
const openReplica = 'segments/src/replica/open-replica.ts'
const facts = 'segments/src/replica/replica-facts.ts'
const succession = 'segments/src/replica/succession.ts'
const filling = 'segments/src/replica/filling.ts'
const openLog = 'segments/src/recover/open-log.ts'
const source = 'segments/src/stream/byte-source.ts'

/** A copy, and what becomes of it. */
export const replicas: readonly Mutant[] = [
  mutant({
    name: 'replica-believes-the-source',
    hazard: 'a replica believes the durable ends of the source: what it lost looks like damage, or is not noticed',
    edits: [
      ...inFile(
        openLog,
        ['  const believed = replica && believedEnd(replica, newest)\n', '  const believed = undefined\n'],
        ['import { believedEnd, checkRole', 'import { checkRole'],
      ),
    ],
    killedBy: ['replica-takes-over'],
    states: 12_000,
  }),
  mutant({
    name: 'replica-states-before-sync',
    hazard: 'a replica says that it has what it has not synced',
    edits: inFile(receiver, ['      yield* makeDurable(filling)\n      if (!isSame', '      if (!isSame']),
    killedBy: ['swarm-replica-sync-strict-posix'],
  }),
  mutant({
    name: 'replica-tells-without-stating',
    hazard: 'what a replica says of itself is not durable: a crash takes it back',
    edits: inFile(receiver, [
      '      if (!isSame(statement, positions.statement)) yield* positions.state(statement)\n',
      '      if (!isSame(statement, positions.statement)) positions.statement = statement\n',
    ]),
    killedBy: ['swarm-replica-sync-strict-posix'],
  }),
  mutant({
    name: 'replica-trusts-statement-in-cache',
    hazard: 'a statement that only the cache has is believed, and the power takes it back',
    edits: inFile(openReplica, ['    yield* positions.restate()\n', '']),
    killedBy: ['replica-handed-over'],
    states: 12_000,
  }),
  mutant({
    name: 'replica-states-in-two-blocks',
    hazard: 'a statement is written over the only one that is certain',
    edits: inFile(positions, ['const slots = 3', 'const slots = 2']),
    killedBy: ['replica', 'swarm-replica-sync-no-powersafe-overwrite', 'swarm-replica-sync-strict-posix'],
    states: 20_000,
  }),
  mutant({
    name: 'replica-keeps-its-tail',
    hazard: 'a replica goes on behind bytes that it never synced',
    edits: inFile(openReplica, [
      '  const end = believedEnd(stated, newest)\n',
      '  const end = Math.max(believedEnd(stated, newest), newest.size)\n',
    ]),
    killedBy: ['swarm-replica-sync-strict-posix'],
  }),
  mutant({
    name: 'replica-names-before-predecessor-is-synced',
    hazard: 'the next segment has its name while the one before has a hole',
    edits: inFile(receiver, ['    else yield* makeDurable(before)\n', '']),
    killedBy: ['replica-unsynced', 'swarm-replica-sync-strict-posix'],
    states: 12_000,
  }),
  mutant({
    name: 'replica-names-before-born-part-is-synced',
    hazard: 'a segment of a replica has its name before what it was born with is durable',
    edits: inFile(receiver, [
      '    yield* makeDurable(filling)\n    yield* closeFilling(filling)',
      '    yield* closeFilling(filling)',
    ]),
    killedBy: ['replica', 'replica-rotation'],
  }),
  mutant({
    name: 'replica-skips-name-sync',
    hazard: 'a segment of a replica is stated before its name is durable',
    edits: inFile(receiver, ['    yield* io(`make the name ${name} durable`, () => storage.syncNames())\n', '']),
    killedBy: ['replica', 'replica-rotation'],
  }),
  mutant({
    name: 'replica-cuts-too-early',
    hazard: 'records above a cut are given up before what carries them over is there',
    edits: inFile(receiver, [
      '    yield* makeDurable(filling)\n    yield* closeFilling(filling)',
      '    if (before !== undefined && header.cut > 0) yield* io(`cut`, () => before.file.resize(header.cut))\n' +
        '    yield* makeDurable(filling)\n    yield* closeFilling(filling)',
    ]),
    killedBy: ['replica-handed-over'],
    states: 20_000,
  }),
  mutant({
    name: 'replica-drops-what-was-cut',
    hazard: 'a source that comes back with less takes records away from its copy',
    edits: inFile(succession, [
      '  if (cut === 0 || cut === position) return true\n',
      '  if (cut >= 0 || cut === position) return true\n',
    ]),
    killedBy: ['forked-source'],
  }),
  mutant({
    name: 'replica-ignores-the-chain',
    hazard: 'a copy goes on with the bytes of another history',
    edits: inFile(
      succession,
      ['    sameWord(header.chain, { low: end.chainLow, high: end.chainHigh })\n', '    header.cut >= 0\n'],
      ["import { sameWord, type FileHeader", 'import { type FileHeader'],
    ),
    killedBy: ['forked-source'],
  }),
  mutant({
    name: 'stream-sends-unsynced',
    hazard: 'a stream sends what the source may still lose',
    edits: inFile(source, [
      '    const end = isActive ? this.#view.durableEnd : segment.end\n',
      '    const end = segment.end\n',
    ]),
    killedBy: ['swarm-replica-async-strict-posix'],
    states: 12_000,
  }),
  mutant({
    name: 'promotion-ends-the-replica-too-early',
    hazard: 'a directory is called a log before the segment that makes it one is durable',
    edits: inFile(openLog, [
      '  const { old, born, index, cut, carriedRecords } = yield* handOver(lineage, last, state, kernel)\n',
      '  if (replica !== undefined) yield* removeAll(settings, [positionFileName])\n' +
        '  const { old, born, index, cut, carriedRecords } = yield* handOver(lineage, last, state, kernel)\n',
    ]),
    killedBy: ['promotion'],
    states: 12_000,
  }),
  mutant({
    name: 'replica-seal-shares-its-block',
    hazard: 'the trailer of a segment is written into a block that is durable already',
    edits: inFile(filling, [
      '  return sealOffset === undefined ? scan.position : Math.ceil(scan.position / blockBytes) * blockBytes\n',
      '  return sealOffset === undefined || blockBytes > 0 ? scan.position : 0\n',
    ]),
    killedBy: ['swarm-replica-async-no-powersafe-overwrite', 'swarm-replica-sync-no-powersafe-overwrite'],
    states: 30_000,
  }),
  mutant({
    name: 'replica-is-stated-elsewhere',
    hazard: 'a segment that the statement names is missing, and nobody notices',
    edits: inFile(facts, ["  if (!isThere) throw damaged('replica.position', positionFileName, 0)\n", '']),
    killedBy: ['forked-source'],
  }),
]
