import { inFile, mutant, type Mutant } from '../mutant.ts'

const birth = 'segments/src/write/birth.ts'

/** How a segment comes into being. */
export const births: readonly Mutant[] = [
  mutant({
    name: 'birth-skips-name-sync',
    hazard: 'a name is lost: a new segment is used before its name is durable',
    edits: inFile(birth, ['  yield* io(`make the name ${name} durable`, () => storage.syncNames())\n', '']),
    killedBy: ['faults-then-work'],
  }),
  mutant({
    name: 'birth-skips-header-sync',
    hazard: 'a segment gets its name before its header and what it is born with are durable',
    edits: inFile(birth, ['    yield* filling.syncFile()\n  } finally', '  } finally']),
    killedBy: ['faults-then-work'],
  }),
  mutant({
    name: 'birth-header-after-name',
    hazard: 'the header is written after the name',
    edits: inFile(
      birth,
      ['    yield* filling.writeRaw(encodeFileHeader(header), 0)\n', ''],
      [
        '  return { name, header, writer: new FrameWriter(file, name, header, filling.state()) }',
        '  const writer = new FrameWriter(file, name, header, filling.state())\n' +
          '  yield* writer.writeRaw(encodeFileHeader(header), 0)\n' +
          '  yield* writer.syncFile()\n' +
          '  return { name, header, writer }',
      ],
    ),
    killedBy: ['faults-then-work'],
  }),
  mutant({
    name: 'birth-reuses-salt',
    hazard: 'a phantom: every life of every file has the same salt',
    edits: inFile(birth, ['  const salt = randomWord(runtime)\n', '  const salt = { low: 1, high: 1 }\n']),
    killedBy: ['swarm-plain-async-strict-posix', 'short-plain'],
    states: 10_000,
  }),
  mutant({
    name: 'birth-claims-no-born-end',
    hazard: 'a segment does not say what it was born with, so losing that looks harmless',
    edits: inFile(birth, ['header = { ...life, bornEnd: filling.position }', 'header = life']),
    killedBy: ['decay-handed-over'],
  }),
  mutant({
    name: 'takeover-not-noticed',
    hazard: 'a writer that was taken for dead wakes up and gives birth to the segment that its successor has',
    edits: inFile(birth, ['  if (newest === undefined || newest.index < index) return\n', '  if (index > 0) return\n']),
    killedBy: ['takeover'],
  }),
]
