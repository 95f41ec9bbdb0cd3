import { describe, expect, it } from 'vitest'
import { type DecodedRecord, recordDecoderStream, RecordEncoder } from '../src/index.ts'
import { decode, join, streamOf } from './support/streamed.ts'

describe('a decoding stream', () => {
  const encoder = new RecordEncoder()
  const frames = [1, 2, 3].map((value) => encoder.encode(new Uint8Array(3).fill(value)))
  const whole = join([encoder.header, ...frames])
  const damaged = join([whole, new Uint8Array(48).fill(7)])
  const position = whole.length
  const one = { done: false, value: { sequence: 1 } }
  /** Enough turns for everything to happen that can. */
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

  function opened(): { writer: WritableStreamDefaultWriter<Uint8Array>; readable: ReadableStream<DecodedRecord> } {
    const { readable, writable } = recordDecoderStream()
    return { writer: writable.getWriter(), readable }
  }

  it('hands out every record that stands before the bad place, also of the same chunk', async () => {
    const { records, error } = await decode([damaged])
    expect(records.map(({ sequence }) => sequence)).toEqual([1, 2, 3])
    expect(error).toMatchObject({ code: 'CORRUPT', context: { position } })
    const cut = await decode([whole.subarray(0, -8)])
    expect(cut.records.map(({ sequence }) => sequence)).toEqual([1, 2])
    expect(cut.error).toMatchObject({ code: 'SHORT_READ', context: { position: position - frames[2]!.length } })
  })

  it('hands them to a slow reader, too, before the error', async () => {
    const seen: number[] = []
    const slow = new WritableStream<DecodedRecord>({
      async write({ sequence }) {
        await settle()
        seen.push(sequence)
      },
    })
    const source: ReadableStream<DecodedRecord> = streamOf([damaged]).pipeThrough(recordDecoderStream())
    await expect(source.pipeTo(slow)).rejects.toMatchObject({ code: 'CORRUPT' })
    expect(seen).toEqual([1, 2, 3])
  })

  it('keeps a record that was asked for and not taken until somebody takes it, and the error behind it', async () => {
    const { writer, readable } = opened()
    const impatient = readable.getReader()
    const left = impatient.read()
    await settle()
    impatient.releaseLock()
    await expect(left).rejects.toThrow(TypeError)
    const writing = writer.write(join([encoder.header, frames[0]!, new Uint8Array(48).fill(7)]))
    writing.catch(() => undefined)
    await settle()
    const reader = readable.getReader()
    expect(await reader.read()).toMatchObject(one)
    await expect(reader.read()).rejects.toMatchObject({ code: 'CORRUPT' })
    await expect(writing).rejects.toMatchObject({ code: 'CORRUPT' })
  })

  it('takes nothing before it is asked, and no more before all of a chunk has been taken', async () => {
    let pulls = 0
    const source = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          controller.enqueue(pulls === 0 ? whole : encoder.encode(new Uint8Array(3)))
          pulls += 1
        },
      },
      { highWaterMark: 0 },
    )
    const records: ReadableStream<DecodedRecord> = source.pipeThrough(recordDecoderStream())
    const reader = records.getReader()
    await settle()
    expect(pulls).toBeLessThanOrEqual(1)
    for (let sequence = 1; sequence <= 3; sequence += 1) {
      expect(await reader.read()).toMatchObject({ value: { sequence } })
      await settle()
      // One chunk may wait behind the one that is being handed out.
      expect(pulls).toBeLessThanOrEqual(2)
    }
    expect(await reader.read()).toMatchObject({ value: { sequence: 4 } })
    await reader.cancel()
  })

  it('takes no bytes either, when they are but a part of a record', async () => {
    let pulls = 0
    const source = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          controller.enqueue(whole.subarray(pulls, pulls + 1))
          pulls += 1
        },
      },
      { highWaterMark: 0 },
    )
    const records: ReadableStream<DecodedRecord> = source.pipeThrough(recordDecoderStream())
    await settle()
    expect(pulls).toBeLessThanOrEqual(2)
    const reader = records.getReader()
    expect(await reader.read()).toMatchObject(one)
    await reader.cancel()
  })

  it('hands out what came before its source failed', async () => {
    let pulls = 0
    const source = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulls += 1
        if (pulls === 1) controller.enqueue(whole)
        else controller.error(new Error('the line is dead'))
      },
    })
    const seen: number[] = []
    const reading = async (): Promise<void> => {
      const records: ReadableStream<DecodedRecord> = source.pipeThrough(recordDecoderStream())
      for await (const { sequence } of records) {
        await settle()
        seen.push(sequence)
      }
    }
    await expect(reading()).rejects.toThrow('the line is dead')
    expect(seen).toEqual([1, 2, 3])
  })

  it('answers reads that were all made before there was anything, in order', async () => {
    const { writer, readable } = opened()
    const reader = readable.getReader()
    const reads = [reader.read(), reader.read(), reader.read(), reader.read()]
    await writer.write(whole)
    await writer.close()
    const results = await Promise.all(reads)
    expect(results.map(({ value }) => value?.sequence)).toEqual([1, 2, 3, undefined])
  })

  it('fails at both ends for a chunk that is not bytes', async () => {
    const { writer, readable } = opened()
    const reading = readable.getReader().read()
    const writing = writer.write('text' as never)
    await expect(writing).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    await expect(reading).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })

  it('tells the source when its reader gives up', async () => {
    const { writer, readable } = opened()
    const reader = readable.getReader()
    const writing = writer.write(whole)
    expect(await reader.read()).toMatchObject(one)
    const reason = new Error('enough')
    await reader.cancel(reason)
    await writing
    await expect(writer.closed).rejects.toBe(reason)
    await expect(writer.write(whole)).rejects.toBe(reason)

    const unread = opened()
    const early = unread.writer.write(whole)
    await settle()
    await unread.readable.cancel(reason)
    await early
    await expect(unread.writer.closed).rejects.toBe(reason)
  })

  it('tells its reader when the source gives up, also while records wait to be taken', async () => {
    const reason = new Error('the line is dead')
    const waiting = opened()
    const reader = waiting.readable.getReader()
    const writing = waiting.writer.write(whole)
    expect(await reader.read()).toMatchObject(one)
    await waiting.writer.abort(reason)
    await writing
    await expect(reader.read()).rejects.toBe(reason)

    const idle = opened()
    const early = idle.readable.getReader().read()
    await Promise.all([expect(early).rejects.toBe(reason), idle.writer.abort(reason)])
  })
})
