import { inFile, mutant, type Mutant } from '../mutant.ts'

const writer = 'segments/src/write/writer.ts'
const frameWriter = 'segments/src/write/frame-writer.ts'
const committer = 'segments/src/write/committer.ts'
const staging = 'segments/src/write/staging.ts'
const loop = 'segments/src/write/commit-loop.ts'

const durableWrite = '() => file.writeDurable?.(bytes, this.position)'
const sync = '    const covered = this.position\n    yield* io(`sync ${this.#name}`, () => this.#file.sync())\n'

/** What makes it acknowledge nothing that is durable. */
export const canary: Mutant = mutant({
  name: 'canary-never-durable',
  hazard: 'canary: appends are acknowledged with nothing durable',
  edits: inFile(frameWriter, [durableWrite, '() => this.#file.write(bytes, this.position)']),
  killedBy: ['faults-then-work'],
  canary: true,
})

/** When an append is acknowledged, and what is believed durable then. */
export const commits: readonly Mutant[] = [
  mutant({
    name: 'acknowledge-before-sync',
    hazard: 'acknowledged early: the sync is left out',
    edits: inFile(frameWriter, [sync, '    const covered = this.position\n']),
    killedBy: ['arriving-plain'],
  }),
  mutant({
    name: 'acknowledge-when-written',
    hazard: 'acknowledged early: what the operating system has counts as durable',
    edits: inFile(committer, [
      '      this.writtenSequence = writer.lastSequence\n',
      '      this.writtenSequence = writer.lastSequence\n      this.durableSequence = this.writtenSequence\n',
    ]),
    killedBy: ['arriving-plain'],
  }),
  mutant({
    name: 'acknowledge-when-staged',
    hazard: 'acknowledged early: in the async mode before anything is written',
    edits: inFile(writer, [
      'this.#await(this.#written, this.#sink.writtenSequence, sequence',
      'this.#await(this.#written, this.#staging.lastSequence, sequence',
    ]),
    killedBy: ['arriving-async'],
  }),
  mutant({
    name: 'acknowledge-one-too-many',
    hazard: 'acknowledged early: off by one among those who wait',
    edits: inFile('segments/src/write/waiters.ts', [
      '(this.#sequences[this.#head] as number) <= sequence)',
      '(this.#sequences[this.#head] as number) <= sequence + 1)',
    ]),
    killedBy: ['arriving-plain'],
  }),
  mutant({
    name: 'acknowledge-batch-at-first-record',
    hazard: 'a batch is acknowledged when what came before it is',
    edits: inFile(writer, ['this.#acknowledge(range.last, ', 'this.#acknowledge(range.first - 1, ']),
    killedBy: ['arriving-plain'],
  }),
  mutant({
    name: 'sync-covers-what-came-after',
    hazard: 'a sync is taken to cover what was staged while it was under way',
    edits: inFile(committer, [
      '    this.durableSequence = covered\n',
      '    this.durableSequence = this.#staging.lastSequence\n',
    ]),
    killedBy: ['arriving-plain'],
  }),
  mutant({
    name: 'fence-covers-written-only',
    hazard: 'sync() promises what was accepted and waits for what was written',
    edits: inFile(writer, [
      'if (durably) this.onDurable(lastSequence, ',
      'if (durably) this.onDurable(lastSequence - 1, ',
    ]),
    killedBy: ['arriving-plain'],
  }),
  mutant({
    name: 'durable-write-behind-unsynced',
    hazard: 'writeDurable behind bytes that were not synced',
    edits: inFile(frameWriter, [
      'file.writeDurable !== undefined && this.durableEnd === this.position',
      'file.writeDurable !== undefined',
    ]),
    killedBy: ['arriving-async'],
  }),
  mutant({
    name: 'sync-failure-swallowed',
    hazard: 'a failed sync is ignored',
    edits: inFile(frameWriter, [
      sync,
      sync.replace('yield*', 'try { yield*').replace('\n', '\n').trimEnd() + ' } catch {}\n',
    ]),
    killedBy: ['sparse-faults-async'],
  }),
  mutant({
    name: 'sync-failure-retried',
    hazard: 'a failed sync is tried again, succeeds, and has written nothing',
    edits: inFile(frameWriter, [
      sync,
      '    const covered = this.position\n' +
        '    const again = (): Procedure<void> => io(`sync ${this.#name}`, () => this.#file.sync())\n' +
        '    try { yield* again() } catch { yield* again() }\n',
    ]),
    killedBy: ['sparse-faults-async'],
  }),
  mutant({
    name: 'write-failure-swallowed',
    hazard: 'no space: a batch of which only half was written counts as written',
    edits: inFile(frameWriter, [
      '    yield* io(`write ${this.#name} at ${this.position}`, () => this.#file.write(bytes, this.position))\n',
      '    try { yield* io(`write`, () => this.#file.write(bytes, this.position)) } catch {}\n',
    ]),
    killedBy: ['sparse-faults-async'],
  }),
  mutant({
    name: 'poison-forgotten',
    hazard: 'after a failure the log goes on as if nothing had happened',
    edits: inFile(writer, ['    if (this.failure !== undefined) return\n', '    if (cause !== this) return\n']),
    killedBy: ['sparse-faults-async'],
  }),
  mutant({
    name: 'durable-end-claims-written',
    hazard: 'frames claim a durable end that no sync has reached',
    edits: inFile(frameWriter, [
      '    const bytes = this.#seal(kernel, offset, end, this.durableEnd)\n' +
        '    if (this.#needsRoom(bytes.length)) yield* this.#reserve(this.position + bytes.length)\n' +
        '    yield* io(`write ${this.#name} at',
      '    const bytes = this.#seal(kernel, offset, end, this.position)\n' +
        '    if (this.#needsRoom(bytes.length)) yield* this.#reserve(this.position + bytes.length)\n' +
        '    yield* io(`write ${this.#name} at',
    ]),
    killedBy: ['sparse-rotation-async'],
  }),
  mutant({
    name: 'durable-end-without-sync',
    hazard: 'the durable end is moved past bytes that were written and not synced',
    edits: inFile(frameWriter, [
      '() => this.#file.write(bytes, this.position))\n    this.#advance(bytes.length)\n',
      '() => this.#file.write(bytes, this.position))\n    this.#advance(bytes.length)\n' +
        '    if (this.durableEnd > this.header.blockBytes) this.durableEnd = this.position\n',
    ]),
    killedBy: ['arriving-plain'],
  }),
  mutant({
    name: 'mark-claims-written',
    hazard: 'a MARK claims what was written and not synced',
    edits: inFile(
      frameWriter,
      ['return hasRoom && this.durableEnd === this.position && this.#claimedEnd !== this.durableEnd', 'return hasRoom'],
      [
        'kernel.seal(0, frameHeaderBytes, this.position, this.durableEnd,',
        'kernel.seal(0, frameHeaderBytes, this.position, this.position,',
      ],
    ),
    killedBy: ['sparse-faults-async', 'sparse-rotation-async'],
  }),
  mutant({
    name: 'batch-ends-early',
    hazard: 'off by one: a batch is marked as ended one record too soon',
    edits: inFile(staging, ['at === last ? 0 :', 'at >= last - 1 ? 0 :']),
    killedBy: ['short-plain', 'one-batch'],
  }),
  mutant({
    name: 'batch-spans-segments',
    hazard: 'a batch is cut in two by a rotation',
    edits: inFile('segments/src/write/active-segment.ts', [
      '} while ((flags & frameFlag.batchContinues) !== 0)',
      '} while ((flags & frameFlag.batchContinues) === 4)',
    ]),
    killedBy: ['swarm-plain-async-strict-posix', 'swarm-plain-sync-no-powersafe-overwrite'],
    states: 10_000,
  }),
  mutant({
    name: 'two-commits-at-once',
    hazard: 'a second commit starts while one is under way',
    edits: inFile(
      loop,
      ['if (!this.#busy && !this.#isDue', 'if (!this.#isDue'],
      ['if (this.#busy || this.#stopped', 'if (this.#stopped'],
    ),
    killedBy: ['arriving-plain'],
  }),
  mutant({
    name: 'full-slab-given-back-early',
    hazard: 'a slab is given back, and filled, while it is being written',
    edits: inFile(
      committer,
      ['    for (const slab of slabs) {\n', '    for (const slab of slabs) {\n      this.#staging.give({ ...slab })\n'],
      ['      this.#staging.give(slab)\n', ''],
    ),
    killedBy: ['swarm-scheduled-async-strict-posix'],
  }),
  mutant({
    name: 'write-limit-above-read-limit',
    hazard: 'limits differ: the writer fills the room that the SEAL needs, the reader refuses the file',
    edits: inFile('segments/src/format/geometry.ts', [
      '  return capacity - sealReserveBytes(capacity)\n',
      '  return capacity - trailerBytes\n',
    ]),
    killedBy: ['swarm-plain-sync-strict-posix', 'swarm-plain-async-strict-posix'],
    states: 10_000,
  }),
]
