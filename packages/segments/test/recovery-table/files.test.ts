import { describe, expect, it } from 'vitest'
import { fileRows, type FileRowId, type Verdict } from '../../src/recover/table.ts'
import { killedLog, numbers, openOn, readableIn, type Evidence } from '../support/crash-evidence.ts'
import { fileOf, flipped, forgeFrame, reheaded, withBytes } from '../support/crash-forge.ts'
import { headerEvidence } from '../support/crash-headers.ts'
import { withFile, withoutFile } from '../support/damage-image.ts'

const { disk, sealed, cut, last } = killedLog()
const all = numbers(1, 11)
const seal = sealed.frames.at(-1)
const sealAt = seal?.position ?? 0
/** Without its SEAL nothing in the first segment says that record 5 was durable. */
const withoutSeal = [...numbers(1, 4), ...numbers(6, 11)]
const otherWord = { low: 1, high: 2 }
const sequence = (number: number): string => number.toString(16).padStart(16, '0')

/** The SEAL says something else, under checksums that fit; the trailer, which leads to it, is gone or stays. */
function withSeal(change: (payload: DataView) => void, trailer: 'keep' | 'wipe') {
  const payload = seal?.payload.slice() ?? new Uint8Array(0)
  change(new DataView(payload.buffer))
  const frame = forgeFrame(sealed.header, sealAt, { type: 1, flags: 1, sequence: 5, timestamp: 50, payload })
  const resealed = withBytes(disk, sealed.name, sealAt, frame)
  return trailer === 'keep' ? resealed : withBytes(resealed, sealed.name, 4096 - 64, new Uint8Array(64))
}

const evidence: Readonly<Record<FileRowId, readonly Evidence[]>> = {
  'names.duplicate-index': [
    {
      how: 'a copy of the second segment has its index and another number',
      disk: withFile(disk, `00000002-${sequence(7)}.varve`, fileOf(disk, cut.name)),
      place: { file: `00000002-${sequence(7)}.varve`, position: 0 },
      readOnly: { readable: all },
    },
  ],
  'names.gap': [
    {
      how: 'the second of three segments is missing',
      disk: withoutFile(disk, cut.name),
      place: { file: last.name, position: 0, firstSequence: 1, lastSequence: 8 },
      readOnly: { readable: [...numbers(1, 5), ...numbers(9, 11)] },
    },
  ],
  'names.first-above-floor': [
    {
      how: 'the first segment is missing, and no floor allows it',
      disk: withoutFile(disk, sealed.name),
      place: { file: cut.name, position: 0, firstSequence: 1, lastSequence: 5 },
      readOnly: { readable: numbers(6, 11) },
    },
  ],
  'names.segments-gone': [
    {
      how: 'a checkpoint is all that is left',
      disk: { generation: 1, files: new Map([[`${sequence(7)}.checkpoint`, new Uint8Array(8)]]) },
      place: { file: `${sequence(7)}.checkpoint`, position: 0 },
      readOnly: { readable: [] },
    },
    {
      how: 'what an operator put aside is all that is left',
      disk: { generation: 1, files: new Map([[`${cut.name}.quarantined`, fileOf(disk, cut.name)]]) },
      place: { file: `${cut.name}.quarantined`, position: 0 },
      readOnly: { readable: [] },
    },
  ],
  ...headerEvidence,
  'sealed.no-seal': [
    {
      how: 'zeros stand where the SEAL and its trailer stood',
      disk: withBytes(disk, sealed.name, sealAt, new Uint8Array(4096 - sealAt)),
      place: { file: sealed.name, position: sealAt, firstSequence: 1, lastSequence: 5 },
      readOnly: { readable: withoutSeal },
    },
    {
      how: 'the SEAL names a floor that no number can be, and so is none',
      disk: withSeal((payload) => { payload.setUint32(44, 2 ** 24, true) }, 'keep'),
      place: { file: sealed.name, position: seal?.end ?? 0, firstSequence: 1, lastSequence: 5 },
      readOnly: { readable: all },
    },
    {
      how: 'the file ends where the SEAL stood',
      disk: withFile(disk, sealed.name, fileOf(disk, sealed.name).slice(0, sealAt)),
      place: { file: sealed.name, position: sealAt, firstSequence: 1, lastSequence: 5 },
      readOnly: { readable: withoutSeal },
    },
  ],
  'sealed.chain': [
    {
      how: 'the next header carries another digest',
      disk: reheaded(disk, cut.name, { chain: otherWord }),
      place: { file: sealed.name, position: sealAt, firstSequence: 1, lastSequence: 5 },
      readOnly: { readable: all },
    },
    {
      how: 'the SEAL carries another digest',
      disk: withSeal((payload) => { payload.setUint32(32, 1) }, 'keep'),
      place: { file: sealed.name, position: sealAt, firstSequence: 1, lastSequence: 5 },
      readOnly: { readable: all },
    },
    {
      how: 'the SEAL counts other records than a scan, and no trailer leads past them',
      disk: withSeal((payload) => { payload.setUint32(0, 4, true) }, 'wipe'),
      place: { file: sealed.name, position: sealAt, firstSequence: 1, lastSequence: 5 },
      readOnly: { readable: all },
    },
  ],
  'sealed.damage': [
    {
      how: 'a payload is another, and every byte is verified',
      disk: flipped(disk, sealed.name, sealed.frames[2]!.position + 100),
      options: { verify: 'all' },
      place: { file: sealed.name, position: sealed.frames[2]!.position, firstSequence: 1, lastSequence: 5 },
      readOnly: { readable: [1, 2, ...numbers(6, 11)] },
    },
    {
      how: 'something stands between the SEAL and the trailer, and every byte is verified',
      disk: withBytes(disk, sealed.name, 4096 - 72, Uint8Array.of(1)),
      options: { verify: 'all' },
      place: { file: sealed.name, position: 4096 - 72, firstSequence: 1, lastSequence: 5 },
      readOnly: { readable: all },
    },
    {
      how: 'the trailer is gone, and every byte is verified',
      disk: withBytes(disk, sealed.name, 4096 - 64, new Uint8Array(64)),
      options: { verify: 'all' },
      place: { file: sealed.name, position: 4096 - 64, firstSequence: 1, lastSequence: 5 },
      readOnly: { readable: all },
    },
  ],
  'cut.too-short': [
    {
      how: 'the last bytes below the cut are gone',
      disk: withFile(disk, cut.name, fileOf(disk, cut.name).slice(0, last.header.cut - 8)),
      place: { file: cut.name, position: last.header.cut - 8, firstSequence: 6, lastSequence: 8 },
      readOnly: { readable: [...numbers(1, 7), ...numbers(9, 11)] },
    },
  ],
  'cut.damage': [
    {
      how: 'a payload is another, and every byte is verified',
      disk: flipped(disk, cut.name, cut.frames[1]!.position + 100),
      options: { verify: 'all' },
      place: { file: cut.name, position: cut.frames[1]!.position, firstSequence: 6, lastSequence: 8 },
      readOnly: { readable: [...numbers(1, 6), ...numbers(9, 11)] },
    },
    {
      how: 'the cut goes through a frame, and every byte is verified',
      disk: reheaded(disk, last.name, { cut: last.header.cut - 8 }),
      options: { verify: 'all' },
      place: { file: cut.name, position: cut.frames[2]!.position, firstSequence: 6, lastSequence: 8 },
      readOnly: { readable: [...numbers(1, 7), ...numbers(9, 11)] },
    },
  ],
  'cut.chain': [
    {
      how: 'the next header carries another digest, and every byte is verified',
      disk: reheaded(disk, last.name, { chain: otherWord }),
      options: { verify: 'all' },
      place: { file: cut.name, position: last.header.cut, firstSequence: 6, lastSequence: 8 },
      readOnly: { readable: all },
    },
  ],
  'replica.position': [
    {
      how: 'neither of the two statements of a replica verifies',
      disk: withFile(disk, 'replica.position', new Uint8Array(384)),
      place: { file: 'replica.position', position: 0 },
      readOnly: { readable: numbers(1, 8) },
    },
  ],
}

const codes: Readonly<Record<Verdict, string>> = {
  corrupt: 'CORRUPT',
  refused: 'FOREIGN_FILE',
  unsupported: 'UNSUPPORTED_FORMAT',
  torn: 'TORN_TAIL',
  clean: 'nothing',
}

describe('rows of the recovery table that need names, headers and neighbours', () => {
  it('each has evidence here, and each evidence a row', () => {
    const withEvidence = Object.entries(evidence).filter(([, list]) => list.length > 0)
    expect(withEvidence.map(([id]) => id).sort()).toEqual(Object.keys(fileRows).sort())
  })

  for (const [id, list] of Object.entries(evidence) as [FileRowId, readonly Evidence[]][]) {
    for (const { how, disk: shown, options = {}, place, readOnly } of list) {
      it(`${id}: ${how}`, () => {
        const { error, after } = openOn(shown, options)
        expect(error?.code).toBe(codes[fileRows[id].verdict])
        expect(error?.context).toMatchObject({ row: id, ...place })
        expect(after.files).toEqual(shown.files)
      })

      it(`${id}: ${how}, opened for reading`, () => {
        const { error, log, after } = openOn(shown, { ...options, readOnly: true })
        expect(after.files).toEqual(shown.files)
        expect(error?.code).toBe(readOnly.refuses === true ? codes[fileRows[id].verdict] : undefined)
        if (log === undefined) return
        expect(log.recovery.damage.map(({ row }) => row)).toContain(id)
        expect(readableIn(log)).toEqual(readOnly.readable)
      })
    }
  }
})
