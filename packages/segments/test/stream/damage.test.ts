import type { MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, openLogSync } from '../../src/index.ts'
import { trailerBytes } from '../../src/format/trailer.ts'
import { flipped, withBytes } from '../support/crash-forge.ts'
import { reseal } from '../support/damage-forge.ts'
import { manualClock, quiet } from '../support/log-clock.ts'
import { segmentsOf, type PlainSegment } from '../support/log-files.ts'
import { failure, watch } from '../support/log-promises.ts'
import { chunksOf, small, storageOf } from '../support/replica-pair.ts'
import { appendSmall } from '../support/replica-parts.ts'

const storage = storageOf()
appendSmall(openLogSync({ storage, ...small }), 20)
const image = storage.snapshot()
const segments = segmentsOf(image)
const [first, second] = segments as [PlainSegment, PlainSegment]
const positions = chunksOf(storageOf(image)).map(({ to }) => to)

function damagedAt(offset: number): MemorySnapshot {
  return flipped(image, first.name, offset)
}

describe('damage in what is streamed', () => {
  it('is reported with its place, in every frame, and nothing behind it comes', async () => {
    for (const { position, end } of first.frames) {
      for (const offset of [position, position + 20, end - 1]) {
        const { context } = await failure('CORRUPT', () => chunksOf(storageOf(damagedAt(offset))))
        expect([context.file, context.position]).toEqual([first.name, position])
      }
    }
  })

  it('is mended in the trailer, which follows from the SEAL', () => {
    const at = small.segmentBytes - trailerBytes
    expect(chunksOf(storageOf(damagedAt(at + 9)))).toEqual(chunksOf(storageOf(image)))
  })

  it('is reported in the header and the rest of its block', async () => {
    // A log that is open believes the header that it read; a reader reads it again.
    for (const [offset, position] of [[20, 0], [60, 0], [125, 0], [small.blockBytes + 100, 128]] as const) {
      const other = storageOf()
      const log = openLogSync({ storage: other, ...small, blockBytes: 256 })
      appendSmall(log, 3)
      const { name } = log.segments[0] as { readonly name: string }
      const file = other.open(name, 'existing') as { write(bytes: Uint8Array, at: number): void; close(): void }
      const byte = (other.snapshot().files.get(name) as Uint8Array)[offset] as number
      file.write(Uint8Array.of(byte ^ 1), offset)
      file.close()
      const { context } = await failure('CORRUPT', () => [...log.streamSync()])
      expect(context).toMatchObject({ file: name, position })
    }
  })

  it('before a place is reported too: what comes behind it is not given', async () => {
    const [frame] = first.frames
    for (const place of positions.filter(({ segment, offset }) => segment === 1 && offset > (frame?.end ?? 0))) {
      const damaged = storageOf(damagedAt((frame?.position ?? 0) + 10))
      const { context } = await failure('CORRUPT', () => chunksOf(damaged, place))
      expect(context).toMatchObject({ file: first.name, position: frame?.position })
    }
  })

  it('in the SEAL is no foreign copy', async () => {
    const seal = first.frames.at(-1)
    const sealed = { segment: 1, offset: seal?.end ?? 0 }
    const damaged = storageOf(damagedAt((seal?.position ?? 0) + 4))
    const { context } = await failure('CORRUPT', () => chunksOf(damaged, sealed))
    expect(context).toMatchObject({ file: first.name, position: seal?.position })
  })

  it('that is a frame of a newer version is said to be that', async () => {
    const [, frame] = first.frames
    const newer = reseal(image, first.name, frame?.position ?? 0, (bytes, at) => { bytes[at + 39] = 2 })
    await failure('UNSUPPORTED_FORMAT', () => chunksOf(storageOf(newer)))
    const place = positions.find(({ segment, offset }) => segment === 1 && offset > (frame?.end ?? 0))
    await failure('UNSUPPORTED_FORMAT', () => chunksOf(storageOf(newer), place))
  })

  it('leaves no file open', async () => {
    for (const place of [undefined, { segment: 1, offset: first.frames.at(-1)?.end ?? 0 }]) {
      const memory = storageOf(damagedAt((first.frames[0]?.position ?? 0) + 10))
      await failure('CORRUPT', () => chunksOf(memory, place))
      // Memory refuses to remove a file that is open.
      expect(() => memory.remove(first.name)).not.toThrow()
    }
  })

  it('ends a stream that follows, too: it does not wait for ever', async () => {
    const places = [(first.frames[3]?.position ?? 0) + 10, (second.frames[0]?.position ?? 0) + 10]
    for (const [at, name] of [[places[0], first.name], [places[1], second.name]] as const) {
      const clock = manualClock()
      const damaged = storageOf(flipped(image, name, at ?? 0))
      const log = await openLog({ storage: damaged, ...small, readOnly: true, runtime: clock.runtime })
      const seen: number[] = []
      const end = watch((async () => {
        for await (const { from } of log.stream({ follow: true, pollMs: 10 })) seen.push(from.segment)
      })())
      for (let turn = 0; turn < 5; turn += 1) await clock.advance(1000)
      expect(end.state).toBe('rejected')
      await failure('CORRUPT', () => { throw end.error })
      expect(clock.timers).toBe(0)
      await log.close()
    }
  })

  it('does not keep two streams that follow busy with each other', async () => {
    const damaged = withBytes(image, first.name, (first.frames[3]?.position ?? 0) + 10, Uint8Array.of(1, 2, 3))
    const clock = manualClock()
    const log = await openLog({ storage: storageOf(damaged), ...small, readOnly: true, runtime: clock.runtime })
    const ends = [1, 2].map(() => watch((async () => {
      for await (const { bytes } of log.stream({ follow: true })) expect(bytes.length).toBeGreaterThan(0)
    })()))
    for (let turn = 0; turn < 20; turn += 1) await quiet()
    await clock.advance(3000)
    expect(ends.map(({ state }) => state)).toEqual(['rejected', 'rejected'])
    await log.close()
  })
})
