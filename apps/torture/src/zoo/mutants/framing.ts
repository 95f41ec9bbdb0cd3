import { inFile, mutant, type Mutant } from '../mutant.ts'

const kernel = 'codec/src/portable-kernel.ts'
const order = 'codec/src/frame-order.ts'
const lastSegment = 'segments/src/recover/last-segment.ts'

/** What makes a frame believable. */
export const framing: readonly Mutant[] = [
  mutant({
    name: 'header-checksum-not-checked',
    hazard: 'a length is trusted before the header that carries it verifies',
    edits: inFile(kernel, [
      '    if (checksum !== this.view.getUint32(at, true)) return scanStop.header\n',
      '    if (checksum !== this.view.getUint32(at, true) && this.memory[at] === 0) return scanStop.header\n',
    ]),
    killedBy: ['one-batch'],
  }),
  mutant({
    name: 'payload-checksum-not-checked',
    hazard: 'a payload is believed because its header verifies',
    edits: inFile(kernel, [
      '    if (!this.#payloadVerifies(at, size, fields.payloadBytes)) return scanStop.payload\n',
      '',
    ]),
    killedBy: ['decay-killed', 'one-batch'],
  }),
  mutant({
    name: 'salt-not-in-seed',
    hazard: 'a frame of another life of the file verifies',
    edits: inFile(kernel, ['    this.#saltLow = life.salt.low | 0\n    this.#saltHigh = life.salt.high | 0\n', '']),
    killedBy: ['swarm-plain-sync-strict-posix', 'swarm-plain-async-strict-posix'],
    states: 10_000,
  }),
  mutant({
    name: 'half-batch-accepted',
    hazard: 'a batch without its end is recovered in part',
    edits: [
      ...inFile(order, ['  if (!state.insideBatch && state.lastControl', '  if (state.lastControl']),
      ...inFile(lastSegment, ['  if (insideBatch) {\n', '  if (insideBatch && end < 0) {\n']),
    ],
    killedBy: ['arriving-plain'],
  }),
  mutant({
    name: 'commit-not-padded',
    hazard: 'aligned commits share a block with what is durable',
    edits: inFile('segments/src/write/committer.ts', [
      '      yield* writer.pad(paddedEnd(writer.position, writer.header.blockBytes, this.#settings.commitAlignment))\n',
      '',
    ]),
    killedBy: ['swarm-plain-sync-no-powersafe-overwrite'],
    states: 10_000,
  }),
  mutant({
    name: 'hand-over-not-padded',
    hazard: 'the first commit behind a hand-over rewrites a block that is durable',
    edits: inFile('segments/src/recover/hand-over.ts', [
      '      yield* writer.pad(paddedEnd(writer.position, settings.blockBytes, settings.commitAlignment))\n',
      '',
    ]),
    killedBy: ['swarm-plain-sync-no-powersafe-overwrite'],
    states: 15_000,
  }),
]
