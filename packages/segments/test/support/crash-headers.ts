import { fileKind } from '@varve/codec'
import type { FileRowId } from '../../src/recover/table.ts'
import { killedLog, logOfLargeBlocks, logOfOneBatch, numbers, type Evidence } from './crash-evidence.ts'
import { fileOf, flipped, patchedHeader, reheaded, renamed, withBytes } from './crash-forge.ts'
import { withFile } from './damage-image.ts'

const { disk, cut, last } = killedLog()
const largeBlocks = logOfLargeBlocks()
const batched = logOfOneBatch()
const all = numbers(1, 11)
/** Without its successor the cut segment is the last one, and nothing in it says that record 8 was durable. */
const provenWithoutLast = numbers(1, 7)
const sequence = (number: number): string => number.toString(16).padStart(16, '0')

/** What the rows of the recovery table about headers are shown, on the log of {@link killedLog} and others. */
export const headerEvidence: Readonly<Record<FileRowId & `header.${string}`, readonly Evidence[]>> = {
  'header.invalid': [
    {
      how: 'a bit of the magic is another',
      disk: flipped(disk, cut.name, 3),
      place: { file: cut.name, position: 0, firstSequence: 6 },
      readOnly: { readable: [...numbers(1, 5), ...numbers(9, 11)] },
    },
    {
      how: 'the file is shorter than a header',
      disk: withFile(disk, last.name, fileOf(disk, last.name).slice(0, 100)),
      place: { file: last.name, position: 0, firstSequence: 9 },
      readOnly: { readable: provenWithoutLast },
    },
    {
      how: 'the rest of the block is not zeros',
      disk: withBytes(largeBlocks.disk, largeBlocks.only.name, 200, Uint8Array.of(1)),
      options: { verify: 'all' },
      place: { file: largeBlocks.only.name, position: 128, firstSequence: 1 },
      readOnly: { readable: numbers(1, 3) },
    },
  ],
  'header.disagrees': [
    {
      how: 'with the number in its name',
      disk: renamed(disk, last.name, `00000003-${sequence(10)}.varve`),
      place: { file: `00000003-${sequence(10)}.varve`, position: 0, firstSequence: 10 },
      readOnly: { readable: provenWithoutLast },
    },
    {
      how: 'with the index in its name',
      disk: renamed(disk, last.name, `00000004-${sequence(9)}.varve`),
      place: { file: `00000004-${sequence(9)}.varve`, position: 0, firstSequence: 9 },
      readOnly: { readable: provenWithoutLast },
    },
    {
      how: 'with what kind of file it is',
      disk: reheaded(disk, cut.name, { kind: fileKind.checkpoint, segmentIndex: 0 }),
      place: { file: cut.name, position: 0, firstSequence: 6 },
      readOnly: { readable: [...numbers(1, 5), ...numbers(9, 11)] },
    },
    {
      how: 'with the size of its file, which ends below what it was born with',
      disk: reheaded(withFile(disk, last.name, fileOf(disk, last.name).slice(0, 4000)), last.name, { bornEnd: 4008 }),
      place: { file: last.name, position: 0, firstSequence: 9 },
      readOnly: { readable: provenWithoutLast },
    },
    {
      how: 'with its predecessor, whose epoch is higher',
      disk: reheaded(disk, cut.name, { epoch: 99 }),
      place: { file: last.name, position: 0, firstSequence: 6, lastSequence: 8 },
      readOnly: { readable: all },
    },
    {
      how: 'with its predecessor, which had more when it was born than the cut leaves',
      disk: reheaded(withBytes(disk, cut.name, last.header.cut, new Uint8Array(8)), cut.name, {
        bornEnd: last.header.cut + 8,
      }),
      place: { file: last.name, position: 0, firstSequence: 6, lastSequence: 8 },
      readOnly: { readable: all },
    },
    {
      how: 'with its predecessor, whose header block is larger than the cut',
      disk: reheaded(disk, last.name, { cut: 64 }),
      place: { file: last.name, position: 0, firstSequence: 6, lastSequence: 8 },
      readOnly: { readable: [...provenWithoutLast, ...numbers(9, 11)] },
    },
    {
      how: 'with its frames, of which one goes on behind what it was born with',
      disk: reheaded(disk, last.name, { bornEnd: last.frames[0]!.position + 48 }),
      place: { file: last.name, position: 0, firstSequence: 9 },
      readOnly: { readable: all },
    },
    {
      how: 'with its frames, of which a batch goes on behind what it was born with',
      disk: reheaded(batched.disk, batched.only.name, { bornEnd: batched.only.frames[1]!.position }),
      place: { file: batched.only.name, position: 0, firstSequence: 1 },
      readOnly: { readable: numbers(1, 4) },
    },
    {
      how: 'with its predecessor, before which there were higher timestamps',
      disk: reheaded(disk, cut.name, { lastTimestamp: 5000 }),
      place: { file: last.name, position: 0, firstSequence: 6, lastSequence: 8 },
      readOnly: { readable: [...numbers(1, 5), ...numbers(9, 11)] },
    },
  ],
  'header.foreign': [
    {
      how: 'it came from another log',
      disk: reheaded(disk, cut.name, { logId: new Uint8Array(16).fill(7) }),
      place: { file: cut.name },
      readOnly: { readable: [], refuses: true },
    },
  ],
  'header.unsupported': [
    {
      how: 'a newer major version',
      disk: patchedHeader(disk, last.name, 8, 2),
      place: { file: last.name },
      readOnly: { readable: [], refuses: true },
    },
    {
      how: 'a required feature that is not known',
      disk: patchedHeader(disk, cut.name, 14, 4),
      place: { file: cut.name },
      readOnly: { readable: [], refuses: true },
    },
  ],
}
