import fc from 'fast-check'
import { openLog, openLogSync } from '@varve/segments'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import {
  createCheckpointPublisher,
  createCheckpointPublisherSync,
  decodeCheckpointList,
  recover,
} from '../src/index.ts'
import { checkpointsMax, encodeCheckpointList } from '../src/format/list.ts'
import { checkpointName } from '../src/format/names.ts'
import { failure, geometry, named, openProgramSync } from './support/programs.ts'
import { logWith, restoredFrom, withFile } from './support/files.ts'

/** Bytes that depend on their place. */
function state(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).map((_, at) => (at * 31) ^ (at >> 8))
}

function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let at = 0
  for (const size of sizes) {
    // One buffer for all of them, as a state that is read from a file would do it.
    const piece = bytes.slice(at, at + size)
    at += size
    yield piece
    piece.fill(0)
  }
  yield bytes.slice(at)
}

const anyLength = fc.oneof(fc.nat(200), fc.integer({ min: 65_530, max: 65_540 }), fc.nat(300_000))
const anySizes = fc.array(fc.oneof(fc.nat(20), fc.nat(100_000)), { maxLength: 8 })

describe('a state', () => {
  it('comes back as it was, however it is cut, and its file is the same however it was cut', () => {
    const whole = logWith(state(0))
    const fileOf = (pieces: Iterable<Uint8Array>): Uint8Array<ArrayBuffer> => {
      const storage = memoryStorage({ snapshot: { ...whole.snapshot, files: withoutCheckpoint } })
      const log = openLogSync({ ...geometry, storage })
      createCheckpointPublisherSync(log).publishSync(pieces, { sequence: 1 })
      return storage.snapshot().files.get(named(1)) as Uint8Array<ArrayBuffer>
    }
    const withoutCheckpoint = new Map(whole.snapshot.files)
    withoutCheckpoint.delete(named(1))
    fc.assert(
      fc.property(anyLength, anySizes, (length, sizes) => {
        const file = fileOf(cut(state(length), sizes))
        expect(Buffer.compare(file, fileOf([state(length)]))).toBe(0)
        const chunks = Math.ceil(length / 65_536)
        const padding = (8 - (length % 8)) % 8
        expect(file.length).toBe(128 + length + padding + 40 * chunks + 72)
      }),
      { numRuns: 60 },
    )
  })

  it('is restored as it was published', async () => {
    await fc.assert(
      fc.asyncProperty(anyLength, anySizes, async (length, sizes) => {
        const log = await openLog({ ...geometry, storage: memoryStorage() })
        await createCheckpointPublisher(log).publish(cut(state(length), sizes))
        const chunks: Uint8Array[] = []
        await recover(log, {
          async restore(all) { for await (const chunk of all) chunks.push(chunk) },
          apply: () => {},
        })
        expect(Buffer.compare(Buffer.concat(chunks), state(length))).toBe(0)
        await log.close()
      }),
      { numRuns: 40 },
    )
  })

  it('of several chunks is refused when any byte of them has changed', async () => {
    const large = logWith(state(70_000))
    await fc.assert(
      fc.asyncProperty(fc.nat(large.file.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const file = large.file.slice()
        file[at] = (file[at] as number) ^ mask
        await failure('CORRUPT', () => restoredFrom(withFile(large, file)))
      }),
      { numRuns: 200 },
    )
  })
})

describe('a list of checkpoints', () => {
  const anyWord = fc.record({ low: fc.nat(0xffffffff), high: fc.nat(0xffffffff) })
  // A log goes on with the next number behind its checkpoint.
  const anySequence = fc.maxSafeNat().filter((sequence) => sequence < Number.MAX_SAFE_INTEGER)
  const anyList = fc
    .uniqueArray(fc.record({ sequence: anySequence, digest: anyWord }), {
      minLength: 1,
      maxLength: checkpointsMax,
      selector: ({ sequence }) => sequence,
    })
    .map((list) => list.sort((one, other) => other.sequence - one.sequence))

  it('is read as it was written, and fits into what a log keeps', () => {
    fc.assert(
      fc.property(anyList, (list) => {
        const bytes = encodeCheckpointList(list)
        expect(bytes.length).toBeLessThanOrEqual(512)
        const due = list.map((each) => ({ ...each, name: checkpointName(each.sequence) }))
        expect(decodeCheckpointList(bytes)).toEqual(due)
      }),
    )
    expect(decodeCheckpointList(new Uint8Array(0))).toEqual([])
  })

  it('of any other bytes is refused', () => {
    fc.assert(
      fc.property(anyList, fc.nat(7), fc.integer({ min: 1, max: 255 }), (list, at, mask) => {
        const bytes = encodeCheckpointList(list)
        bytes[at] = (bytes[at] as number) ^ mask
        expect(() => decodeCheckpointList(bytes)).toThrow(at === 0 ? /^UNSUPPORTED_FORMAT/ : /^CORRUPT/)
      }),
    )
  })

  it.each([
    ['has no checkpoint', [1, 0, 0, 0, 0, 0, 0, 0]],
    ['has one twice', [1, 2, 0, 0, 0, 0, 0, 0, ...new Array<number>(32).fill(0)]],
    ['has more than fit', [1, 32, 0, 0, 0, 0, 0, 0, ...new Array<number>(512).fill(0)]],
    ['has a number that is none', [1, 1, 0, 0, 0, 0, 0, 0, ...new Array<number>(16).fill(255)]],
    ['goes from the oldest to the newest', [1, 2, 0, 0, 0, 0, 0, 0, 1, ...new Array<number>(15).fill(0), 2,
      ...new Array<number>(15).fill(0)]],
  ])('that %s is refused', (_how, bytes) => {
    expect(() => decodeCheckpointList(Uint8Array.from(bytes))).toThrow(/^CORRUPT/)
  })
})

describe('a program', () => {
  /** One thing that it does: so many records, a checkpoint of the state some records ago, another process. */
  const anyStep = fc.oneof(
    fc.record({ append: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ publish: fc.nat(2) }),
    fc.constant({ reopen: true }),
  )

  it('keeps as many checkpoints as it should, all records behind them, and its state', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 25 }), fc.integer({ min: 1, max: 4 }), async (steps, keep) => {
        let storage = memoryStorage()
        let program = await openProgramSync({ storage }, { keep })
        let kept: number[] = []
        let floor = 1
        for (const step of steps) {
          const { lastSequence } = program.log
          if ('append' in step) await program.append(step.append, 1300)
          else if ('publish' in step) {
            const sequence = lastSequence - step.publish
            if (sequence < (kept[0] ?? 0)) continue
            const { created } = await program.publish(Buffer.from(`after ${sequence}`), { sequence })
            expect(created).toBe(kept[0] !== sequence)
            kept = [...new Set([sequence, ...kept])].slice(0, keep)
            if (kept.length === keep) floor = (kept.at(-1) as number) + 1
          } else {
            storage = memoryStorage({ snapshot: storage.snapshot() })
            program = await openProgramSync({ storage }, { keep })
          }
          expect(decodeCheckpointList(program.log.checkpointList).map(({ sequence }) => sequence)).toEqual(kept)
          const files = [...storage.snapshot().files.keys()].filter((name) => name.includes('checkpoint'))
          expect(files.sort()).toEqual(kept.map(named).sort())
          expect(program.log.firstSequence).toBe(floor)
          const { state: from, applied, lastSequence: last } = await program.recover()
          expect(from).toBe(kept[0] === undefined ? undefined : `after ${kept[0]}`)
          expect(applied).toHaveLength(program.log.lastSequence - (kept[0] ?? 0))
          expect(last).toBe(program.log.lastSequence)
        }
        await program.close()
      }),
      { numRuns: 60 },
    )
  })
})
