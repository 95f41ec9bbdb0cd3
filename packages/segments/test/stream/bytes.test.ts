import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openLog, openLogSync, type StreamChunk } from '../../src/index.ts'
import { trailerBytes } from '../../src/format/trailer.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { segmentsOf } from '../support/log-files.ts'
import { failure } from '../support/log-promises.ts'
import { anyOptions } from '../support/log-model.ts'
import { payload } from '../support/log-records.ts'
import { small, storageOf } from '../support/replica-pair.ts'
import { appendLarge, appendSmall } from '../support/replica-parts.ts'

/** What is done to a log before it is streamed: sizes of records, in batches of so many. */
const anyBatch = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 5 })
const anyWork = fc.array(anyBatch, { maxLength: 40, size: 'max' })
const anyKernel = fc.constantFrom('auto', 'portable')

async function all(chunks: AsyncIterable<StreamChunk>): Promise<StreamChunk[]> {
  const found: StreamChunk[] = []
  for await (const chunk of chunks) found.push(chunk)
  return found
}

function hex(chunks: readonly StreamChunk[]): string {
  return Buffer.concat(chunks.map(({ bytes }) => bytes)).toString('hex')
}

describe('a stream', () => {
  it('gives header, frames and trailer of each segment in order, each piece where the last one ended', () => {
    const storage = storageOf()
    const log = openLogSync({ storage, ...small })
    appendSmall(log, 25)
    const chunks = [...log.streamSync()]
    let at = { segment: 1, offset: 0 }
    for (const { from, to, bytes } of chunks) {
      const isTrailer = from.offset === small.segmentBytes - trailerBytes
      const { segment, salt, logId } = from
      if (isTrailer) {
        expect(bytes.length).toBe(trailerBytes)
        expect(to).toEqual({ segment: segment + 1, offset: 0, logId, digest: from.digest })
      } else {
        expect(from).toMatchObject(at)
        expect(to).toMatchObject({ segment, offset: from.offset + bytes.length, salt, logId })
      }
      if (from.offset === 0) expect(bytes.length).toBe(small.blockBytes)
      at = { segment: to.segment, offset: to.offset }
    }
    expect(chunks.filter(({ to }) => to.offset === 0).map(({ to }) => to.segment)).toEqual([2, 3])
    log.closeSync()
  })

  it('gives bytes as they stand in the files, and leaves out nothing but zeros, MARKs and what is void', () => {
    const storage = storageOf()
    appendSmall(openLogSync({ storage, ...small }), 15)
    const survivor = storageOf(storage.snapshot())
    const log = openLogSync({ storage: survivor, ...small })
    appendLarge(log, 2)
    const { files } = survivor.snapshot()
    const segments = segmentsOf(survivor.snapshot())
    const rest = new Map(segments.map(({ name, bytes }) => [name, bytes.slice()]))
    for (const { from, bytes } of log.streamSync()) {
      const name = segments[from.segment - 1]?.name ?? ''
      const stored = (files.get(name) as Uint8Array).subarray(from.offset, from.offset + bytes.length)
      expect(Buffer.compare(bytes, stored)).toBe(0)
      rest.get(name)?.fill(0, from.offset, from.offset + bytes.length)
    }
    for (const [name, bytes] of rest) {
      const mark = segments.find((segment) => segment.name === name)?.frames.find(({ kind }) => kind === 'mark')
      if (mark !== undefined) bytes.fill(0, mark.position, mark.end)
      expect(bytes.every((byte) => byte === 0)).toBe(true)
    }
    expect(rest.size).toBe(4)
  })

  it('gives only what is durable', async () => {
    const log = await openLog({ storage: storageOf(), ...small, durability: 'async' })
    await log.append(payload(1))
    await log.sync()
    await log.append(payload(2))
    await log.append(payload(3))
    const before = await all(log.stream())
    expect(before.at(-1)?.to.offset).toBe(small.blockBytes + 56)
    await log.sync()
    const after = await all(log.stream({ from: before.at(-1)?.to }))
    expect(after.length).toBe(1)
    expect(hex([...before, ...after])).toBe(hex(await all(log.stream())))
    await log.close()
  })

  it('begins with the oldest segment that is left, and with what is there when it begins', () => {
    const log = openLogSync({ storage: storageOf(), ...small })
    appendLarge(log, 3)
    log.reclaimSync(2)
    const stream = log.streamSync()
    appendLarge(log, 1)
    const segments = [...stream].filter(({ from }) => from.offset === 0).map(({ from }) => from.segment)
    expect(segments).toEqual([2, 3, 4])
    log.closeSync()
  })

  it('goes on, wherever it was left, with the same bytes, whatever log it is', async () => {
    await fc.assert(
      fc.asyncProperty(anyOptions, anyWork, anyKernel, fc.nat(), async (options, work, kernel, seed) => {
        const log = await openLog({ storage: storageOf(), ...options, kernel })
        for (const sizes of work) await log.appendBatch(sizes.map((bytes, at) => payload(at, bytes)))
        await log.sync()
        const chunks = await all(log.stream())
        const whole = hex(chunks)
        const left = chunks[seed % chunks.length] as StreamChunk
        const rest = hex(await all(log.stream({ from: left.to })))
        expect(hex(chunks.slice(0, (seed % chunks.length) + 1)) + rest).toBe(whole)
        await log.close()
      }),
      { numRuns: 60 },
    )
  })

  it('gives pieces that stay as they are, whoever reads on or changes them', () => {
    const log = openLogSync({ storage: storageOf(), ...small })
    appendSmall(log, 9)
    const first: StreamChunk[] = []
    const copies: string[] = []
    for (const chunk of log.streamSync()) {
      first.push(chunk)
      copies.push(Buffer.from(chunk.bytes).toString('hex'))
    }
    expect(first.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).toEqual(copies)
    for (const { bytes } of first) bytes.fill(0)
    expect([...log.streamSync()].map(({ bytes }) => Buffer.from(bytes).toString('hex'))).toEqual(copies)
    log.closeSync()
  })
})

describe('a stream that is given up', () => {
  it('has closed its file and given back its segment', () => {
    const disk = new ControlledStorage()
    const log = openLogSync({ storage: disk.storage, ...small })
    appendLarge(log, 3)
    const before = disk.openFiles
    for (const chunk of log.streamSync()) {
      expect(disk.openFiles.length).toBe(before.length + 1)
      expect(log.segments[2]?.leases).toBe(1)
      if (chunk.from.segment === 2) break
    }
    expect(disk.openFiles).toEqual(before)
    expect(log.segments[2]?.leases).toBe(0)
  })

  it('holds its segment and what follows until then, and lets go of what it has passed', async () => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, ...small })
    for (let n = 1; n <= 5; n += 1) await log.append(payload(n, 2600))
    const stream = log.stream()
    let chunk: IteratorResult<StreamChunk, undefined> = await stream.next()
    while (chunk.value?.from.segment !== 2) chunk = await stream.next()
    const report = await log.reclaim(5)
    expect([report.removed.length, report.deferred.length]).toEqual([1, 3])
    await stream.return?.()
    expect((await log.reclaim()).removed.length).toBe(3)
    await log.close()
  })

  it('has no more, and is refused by a log that was closed', async () => {
    const log = await openLog({ storage: storageOf(), ...small })
    await log.append(payload(1))
    const stream = log.stream()
    await stream.next()
    await stream.return?.()
    expect((await stream.next()).done).toBe(true)
    await log.close()
    await failure('CLOSED', () => log.stream())
    const sync = openLogSync({ storage: storageOf(), ...small })
    sync.closeSync()
    await failure('CLOSED', () => [...sync.streamSync()])
  })
})
