import { inFile, mutant, type Mutant } from '../mutant.ts'

const rotation = 'segments/src/write/rotation.ts'

/** From one segment to the next. */
export const rotations: readonly Mutant[] = [
  mutant({
    name: 'rotation-skips-sync',
    hazard: 'a hole across two segments: the old one is not synced before the next is used',
    edits: inFile(rotation, ['  yield* writer.syncFile()\n', '']),
    killedBy: ['sparse-faults-rotation', 'sparse-rotation-async'],
    states: 6_000,
  }),
  mutant({
    name: 'rotation-syncs-seal-only',
    hazard: 'the SEAL is made durable by itself, and what stands before it is taken for durable',
    edits: inFile(rotation, [
      '  yield* writer.control(controlType.seal, payload)\n',
      '  writer.durableEnd = writer.position\n  yield* writer.control(controlType.seal, payload)\n',
    ]),
    killedBy: ['sparse-rotation-async'],
    states: 6_000,
  }),
  mutant({
    name: 'rotation-writes-no-seal',
    hazard: 'a segment is left without its SEAL',
    edits: inFile(rotation, ['  yield* writer.control(controlType.seal, payload)\n', '']),
    killedBy: ['sparse-rotation-async'],
    states: 6_000,
  }),
  mutant({
    name: 'rotation-restarts-chain',
    hazard: 'the chain is not handed from one segment to the next',
    edits: inFile(rotation, ['    chain: { ...chain },\n', '    chain: { low: 0, high: 0 },\n']),
    killedBy: ['sparse-rotation-async'],
    states: 6_000,
  }),
  mutant({
    name: 'rotation-repeats-sequence',
    hazard: 'a new segment does not go on with the sequence of the old one',
    edits: inFile(rotation, ['    firstSequence: lastSequence + 1,\n', '    firstSequence: lastSequence,\n']),
    killedBy: ['sparse-rotation-async'],
    states: 6_000,
  }),
]
