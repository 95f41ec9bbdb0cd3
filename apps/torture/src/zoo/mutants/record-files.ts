import { inFile, mutant, type Mutant } from '../mutant.ts'

const open = 'segments/src/record-file/open-record-file.ts'
const sink = 'segments/src/record-file/file-sink.ts'

/** One file without a successor. */
export const recordFiles: readonly Mutant[] = [
  mutant({
    name: 'record-file-tail-not-cut',
    hazard: 'a record file goes on behind a torn tail that is still there',
    edits: inFile(open, ['    yield* io(`cut ${name} to ${contents.end}`, () => file.resize(contents.end))\n', '']),
    killedBy: ['record-file-cut'],
    states: 6_000,
  }),
  mutant({
    name: 'record-file-rest-not-rewritten',
    hazard: 'what nothing proves durable is exposed without being written again',
    edits: inFile(open, [
      'for (let at = facts.durableEnd; at < contents.end; )',
      'for (let at = contents.end; at < contents.end; )',
    ]),
    killedBy: ['record-file-cut-async'],
  }),
  mutant({
    name: 'record-file-rest-not-synced',
    hazard: 'what was written again is exposed before it is synced',
    edits: inFile(open, [
      '    yield* writer.syncFile()\n    return writer\n',
      '    writer.durableEnd = writer.position\n    return writer\n',
    ]),
    killedBy: ['record-file-cut-async'],
  }),
  mutant({
    name: 'record-file-acknowledges-early',
    hazard: 'a record file acknowledges without a sync',
    edits: inFile(sink, [
      '    yield* this.#metrics.busyWith(this.writer.sync())\n    this.durableSequence',
      '    this.durableSequence',
    ]),
    killedBy: ['record-file-cut-async'],
  }),
]
