import { describe, expect, it } from 'vitest'
import { controlType, frameFlag, frameHeaderBytes, isVarveError } from '@varve/codec'
import type { MemorySnapshot } from '@varve/storage-memory'
import { memoryStorage } from '@varve/storage-memory'
import { openLogSync, type SynchronousLog } from '../../src/index.ts'
import { lastSegmentRows, type Verdict } from '../../src/recover/table.ts'
import { killedLog, numbers, openOn, readableIn, type Evidence } from '../support/crash-evidence.ts'
import { fileOf, flipped, forgeFrame, withBytes, type ForgedFrame } from '../support/crash-forge.ts'
import { continueImage, smallGeometry, withFile, withoutFile } from '../support/damage-image.ts'
import { segmentsOf, type PlainSegment } from '../support/log-files.ts'
import { payload, readAllSync } from '../support/log-records.ts'

interface EndEvidence extends Evidence {
  /** The last record that is left. */
  readonly lastSequence: number
  /** What the report says was discarded, for torn ends: where, and how many frame headers were still behind it. */
  readonly discarded?: { readonly position: number; readonly headers: number }
}

const { disk, last, cut } = killedLog()
const closed = killedLog('close')
const end = last.frames.find(({ kind }) => kind === 'mark')!.position

/** The killed log with a frame of its last life where the next one would go. */
function followedBy(frame: ForgedFrame, on: MemorySnapshot = disk, at = end): MemorySnapshot {
  return withBytes(on, last.name, at, forgeFrame(last.header, at, { timestamp: 110, ...frame }))
}

/** The killed log with `work` done on it in the async mode, and killed once more; its last segment. */
function goneOn(
  work: (log: SynchronousLog) => void,
  from: MemorySnapshot = disk,
): { disk: MemorySnapshot; newest: PlainSegment } {
  const after = continueImage(from, { ...smallGeometry, durability: 'async' }, 'crash', work)
  return { disk: after, newest: segmentsOf(after).at(-1) as PlainSegment }
}

/** Zeros in the newest segment from one place to another. */
function wiped({ disk: on, newest }: { disk: MemorySnapshot; newest: PlainSegment }, from: number, to: number) {
  return withBytes(on, newest.name, from, new Uint8Array(to - from))
}

/** The newest segment ends here. */
function cutOff({ disk: on, newest }: { disk: MemorySnapshot; newest: PlainSegment }, size: number) {
  return withFile(on, newest.name, fileOf(on, newest.name).slice(0, size))
}

const appended = goneOn((log) => {
  log.appendBatchSync([payload(12, 100), payload(13, 100), payload(14, 100)])
})
const three = goneOn((log) => {
  for (const number of [12, 13, 14]) log.appendSync(payload(number, 100))
})
const reborn = goneOn(() => undefined, three.disk)
const rotated = goneOn((log) => {
  for (let number = 12; number <= 17; number += 1) log.appendSync(payload(number, 600))
})
const frame = (segment: PlainSegment, at: number): PlainSegment['frames'][number] => segment.frames[at]!

const evidence: Readonly<Record<string, readonly EndEvidence[]>> = {
  'last.unsupported-frame': [
    {
      how: 'a version that is not known',
      disk: followedBy({ type: 1, sequence: 12, version: 2 }),
      place: { file: last.name, position: end },
      lastSequence: 11,
      readOnly: { readable: [], refuses: true },
    },
    {
      how: 'a flag that is not known',
      disk: followedBy({ type: 1, sequence: 12, flags: 4 }),
      place: { file: last.name, position: end },
      lastSequence: 11,
      readOnly: { readable: [], refuses: true },
    },
    {
      how: 'a control type that is not known',
      disk: followedBy({ type: 7, sequence: 11, flags: frameFlag.control }),
      place: { file: last.name, position: end },
      lastSequence: 11,
      readOnly: { readable: [], refuses: true },
    },
  ],
  'last.below-durable-end': [
    {
      how: 'a payload is another, and the frame behind it says that it had been durable',
      disk: flipped(disk, last.name, frame(last, 0).position + 100),
      place: { file: last.name, position: frame(last, 0).position, firstSequence: 9 },
      lastSequence: 8,
      readOnly: { readable: numbers(1, 8) },
    },
    {
      how: 'the last payload is another, and a MARK says that it had been durable',
      disk: flipped(disk, last.name, frame(last, 2).end - 1),
      place: { file: last.name, position: frame(last, 2).position, firstSequence: 11 },
      lastSequence: 10,
      readOnly: { readable: numbers(1, 10) },
    },
    {
      how: 'zeros stand where two records stood, and the header of a third is all that speaks for them',
      disk: withBytes(disk, last.name, 128, new Uint8Array(frame(last, 2).position - 128)),
      place: { file: last.name, position: 128, firstSequence: 9 },
      lastSequence: 8,
      readOnly: { readable: numbers(1, 8) },
    },
    {
      how: 'a record that the segment was born with is another: its header says that it had been durable',
      disk: flipped(reborn.disk, reborn.newest.name, frame(reborn.newest, 1).position + 50),
      place: { file: reborn.newest.name, position: frame(reborn.newest, 1).position, firstSequence: 13 },
      lastSequence: 12,
      readOnly: { readable: numbers(1, 12) },
    },
  ],
  'last.interrupted-rotation': [
    {
      how: 'the segment behind the SEAL is not there',
      disk: withoutFile(rotated.disk, rotated.newest.name),
      lastSequence: rotated.newest.header.firstSequence - 1,
      readOnly: { readable: numbers(1, rotated.newest.header.firstSequence - 1) },
    },
    {
      how: 'the trailer did not get to the disk',
      disk: unTrailed(),
      lastSequence: rotated.newest.header.firstSequence - 1,
      readOnly: { readable: numbers(1, rotated.newest.header.firstSequence - 1) },
    },
  ],
  'last.clean-shutdown': [
    { how: 'a CLOSE, then zeros', disk: closed.disk, lastSequence: 11, readOnly: { readable: numbers(1, 11) } },
  ],
  'last.torn-batch': [
    {
      how: 'the last record of a batch did not get to the disk',
      disk: wiped(appended, frame(appended.newest, 2).position, 4096),
      lastSequence: 11,
      discarded: { position: 128, headers: 0 },
      readOnly: { readable: numbers(1, 11) },
    },
    {
      how: 'a payload in the middle of a batch is another',
      disk: flipped(appended.disk, appended.newest.name, frame(appended.newest, 1).position + 50),
      lastSequence: 11,
      discarded: { position: 128, headers: 2 },
      readOnly: { readable: numbers(1, 11) },
    },
  ],
  'last.clean-end': [
    { how: 'a MARK, then zeros', disk, lastSequence: 11, readOnly: { readable: numbers(1, 11) } },
    { how: 'zeros', disk: three.disk, lastSequence: 14, readOnly: { readable: numbers(1, 14) } },
    {
      how: 'nothing but what it was born with',
      disk: reborn.disk,
      lastSequence: 14,
      readOnly: { readable: numbers(1, 14) },
    },
    {
      how: 'the end of the file, which was never filled up',
      disk: cutOff(three, frame(three.newest, 2).end),
      lastSequence: 14,
      readOnly: { readable: numbers(1, 14) },
    },
    {
      how: 'a CLOSE that says that not everything before it was durable',
      disk: followedBy({ type: controlType.close, flags: frameFlag.control, sequence: 11, durableEnd: end - 8 }),
      lastSequence: 11,
      readOnly: { readable: numbers(1, 11) },
    },
  ],
  'last.torn-tail': [
    {
      how: 'a payload is another, and nothing behind it says that it had been durable',
      disk: flipped(three.disk, three.newest.name, frame(three.newest, 1).position + 50),
      lastSequence: 12,
      discarded: { position: frame(three.newest, 1).position, headers: 2 },
      readOnly: { readable: numbers(1, 12) },
    },
    {
      how: 'a record that did not get to the disk, before one that did',
      disk: wiped(three, frame(three.newest, 0).position, frame(three.newest, 0).end),
      lastSequence: 11,
      discarded: { position: 128, headers: 2 },
      readOnly: { readable: numbers(1, 11) },
    },
    {
      how: 'bytes of another life',
      disk: withBytes(disk, last.name, end + frameHeaderBytes, fileOf(disk, cut.name).slice(128, 1000)),
      lastSequence: 11,
      discarded: { position: end, headers: 0 },
      readOnly: { readable: numbers(1, 11) },
    },
    {
      how: 'a frame that cannot follow the one before it',
      disk: followedBy({ type: 1, sequence: 99 }),
      lastSequence: 11,
      discarded: { position: end, headers: 1 },
      readOnly: { readable: numbers(1, 11) },
    },
    {
      how: 'a CLOSE with something behind it',
      disk: withBytes(closed.disk, last.name, 3000, Uint8Array.of(1)),
      lastSequence: 11,
      discarded: { position: closed.last.frames.at(-1)!.end, headers: 0 },
      readOnly: { readable: numbers(1, 11) },
    },
    {
      how: 'a frame that reaches beyond the end of the file',
      disk: cutOff(three, frame(three.newest, 2).end - 8),
      lastSequence: 13,
      discarded: { position: frame(three.newest, 2).position, headers: 1 },
      readOnly: { readable: numbers(1, 13) },
    },
  ],
}

/** The rotated log without its newest segment, and without the trailer of the one before. */
function unTrailed(): MemorySnapshot {
  const without = withoutFile(rotated.disk, rotated.newest.name)
  const sealed = segmentsOf(without).at(-1) as PlainSegment
  return withBytes(without, sealed.name, 4096 - 64, new Uint8Array(64))
}

const refusals: Readonly<Partial<Record<Verdict, string>>> = { corrupt: 'CORRUPT', unsupported: 'UNSUPPORTED_FORMAT' }

describe('rows of the recovery table for the end of the last segment', () => {
  it('each has evidence here, and each evidence a row', () => {
    const withEvidence = Object.entries(evidence).filter(([, list]) => list.length > 0)
    expect(withEvidence.map(([id]) => id).sort()).toEqual(lastSegmentRows.map(({ id }) => id).sort())
  })

  for (const { id, verdict } of lastSegmentRows) {
    for (const shown of evidence[id] ?? []) {
      const refusal = refusals[verdict]
      it(`${id}: ${shown.how}`, () => {
        if (refusal === undefined) goesOn(id, verdict, shown)
        else refuses(id, refusal, shown)
      })

      it(`${id}: ${shown.how}, opened for reading`, () => {
        const { error, log, after } = openOn(shown.disk, { readOnly: true })
        expect(after.files).toEqual(shown.disk.files)
        expect(error?.code).toBe(shown.readOnly.refuses === true ? refusal : undefined)
        if (log === undefined) return
        expect(log.recovery.row).toBe(id)
        expect(log.recovery.damage.map(({ row }) => row)).toEqual(verdict === 'corrupt' ? [id] : [])
        expect(readableIn(log)).toEqual(shown.readOnly.readable)
      })
    }
  }
})

/** An error that names the place, and a disk as it was. */
function refuses(id: string, code: string, { disk: shown, place }: EndEvidence): void {
  for (const tornTail of ['discard', 'refuse'] as const) {
    const { error, after } = openOn(shown, { tornTail })
    expect(error?.code).toBe(code)
    expect(error?.context).toMatchObject({ row: id, ...place })
    expect(after.files).toEqual(shown.files)
  }
}

/** The log as far as it is valid, a report of what is not, and a next open that finds nothing to report. */
function goesOn(id: string, verdict: Verdict, shown: EndEvidence): void {
  const storage = memoryStorage({ snapshot: shown.disk })
  const log = openLogSync({ ...smallGeometry, storage })
  expect(log.recovery.row).toBe(id)
  expect(log.recovery.cleanShutdown).toBe(id === 'last.clean-shutdown')
  expect(log.lastSequence).toBe(shown.lastSequence)
  expect(readAllSync(log).map(({ sequence }) => sequence)).toEqual(numbers(1, shown.lastSequence))
  if (shown.discarded === undefined) expect(log.recovery.discarded).toBeUndefined()
  else expect(log.recovery.discarded).toMatchObject(shown.discarded)
  log.closeSync()
  const again = openLogSync({ ...smallGeometry, storage, verify: 'all', tornTail: 'refuse' })
  const { lastSequence } = shown
  expect(again.recovery).toMatchObject({ row: 'last.clean-shutdown', lastSequence, discarded: undefined })

  const { error, after } = openOn(shown.disk, { tornTail: 'refuse' })
  if (verdict !== 'torn') {
    expect(error).toBeUndefined()
    return
  }
  expect(isVarveError(error, 'TORN_TAIL')).toBe(true)
  const position = shown.discarded?.position
  expect(error?.context).toMatchObject({ row: id, position, lastSequence: shown.lastSequence })
  expect(after.files).toEqual(shown.disk.files)
}
