import { fixedAsynchronousRuntime } from '@varve/damage'
import fc from 'fast-check'
import { openLog } from 'varve'
import { describe, expect, it } from 'vitest'
import { Appending } from '../src/acknowledge.ts'
import { Output } from '../src/output/output.ts'
import { styleFor } from '../src/output/style.ts'
import { lengthPrefixed, lines } from '../src/read-input.ts'
import { intact, kept } from './support/logs.ts'
import { memoryStorage } from '@varve/storage-memory'
import { varve } from './support/terminal.ts'

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0
  for (const size of sizes) {
    yield bytes.subarray(from, from + size)
    from += size
  }
  yield bytes.subarray(from)
}

async function all(payloads: AsyncIterable<Uint8Array>): Promise<string[]> {
  const texts: string[] = []
  for await (const payload of payloads) texts.push(Buffer.from(payload).toString('hex'))
  return texts
}

const pieces = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 20 })
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('input', () => {
  it('is a payload for each line, however it is cut into pieces', async () => {
    const line = fc.uint8Array({ maxLength: 8 }).map((bytes) => bytes.filter((byte) => byte !== 10))
    await fc.assert(fc.asyncProperty(fc.array(line), fc.boolean(), pieces, async (payloads, endsBare, sizes) => {
      const last = payloads.at(-1)
      const isBare = endsBare && last !== undefined && last.length > 0
      const text = Buffer.concat(payloads.flatMap((each, at) => {
        return isBare && at === payloads.length - 1 ? [each] : [each, Uint8Array.of(10)]
      }))
      expect(await all(lines(cut(text, sizes)))).toEqual(payloads.map(hex))
    }))
  })

  it('is a payload behind each length, however it is cut into pieces', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 9 })), pieces, async (payloads, sizes) => {
      const text = Buffer.concat(payloads.flatMap((each) => [Uint8Array.of(0, 0, 0, each.length), each]))
      expect(await all(lengthPrefixed(cut(text, sizes)))).toEqual(payloads.map(hex))
      if (payloads.length === 0) return
      await expect(all(lengthPrefixed(cut(text.subarray(0, -1), sizes)))).rejects.toThrow('ends')
    }))
  })

  it('that announces more than a record can hold is refused before it is read', async () => {
    await expect(all(lengthPrefixed(cut(Uint8Array.of(0x40, 0, 0, 0), [])))).rejects.toThrow('announces')
  })
})

describe('append', () => {
  const at = { runtime: fixedAsynchronousRuntime() }

  it('begins a log only when it is told to', async () => {
    const none = kept()
    const refused = await varve(['append', 'data'], { ...none, ...at, stdin: 'a\n' })
    expect([refused.code, refused.err]).toEqual([5, expect.stringContaining('--create begins a log')])
    expect(none.snapshot().files.size).toBe(0)
    const begun = kept()
    const { code, out } = await varve(['append', 'data', '--create', '--type', '7'], { ...begun, ...at, stdin: 'a\nb' })
    expect([code, out]).toEqual([0, '1\n2\n'])
    const { out: records } = await varve(['cat', 'data', '--json'], begun)
    expect(records).toBe(
      '{"sequence":1,"timestamp":0,"type":7,"bytes":1,"text":"a"}\n' +
        '{"sequence":2,"timestamp":0,"type":7,"bytes":1,"text":"b"}\n',
    )
  })

  it('writes batches, and what is left as a smaller one', async () => {
    const line = ['append', 'data', '--batch', '2']
    const text = await varve(line, { ...kept(intact()), ...at, stdin: 'a\nb\nc\n' })
    expect(text.out).toBe('69-70\n71\n')
    const json = await varve([...line, '--json', '--durability=async'], { ...kept(intact()), ...at, stdin: 'a\nb\n' })
    expect(json.out).toBe('{"first":69,"last":70}\n')
  })

  it('tells only the sum when it is told to be quiet', async () => {
    const quiet = await varve(['append', 'data', '-q'], { ...kept(intact()), ...at, stdin: 'a\nb\n' })
    expect([quiet.out, quiet.err]).toEqual(['', '2 records acknowledged: 69-70\n'])
    const json = await varve(['append', 'data', '-q', '--json'], { ...kept(intact()), ...at, stdin: 'a\n' })
    expect(JSON.parse(json.out)).toEqual({ acknowledged: { records: 1, first: 69, last: 69 } })
    const none = await varve(['append', 'data', '-q', '--json'], { ...kept(intact()), ...at })
    expect(JSON.parse(none.out)).toEqual({ acknowledged: { records: 0 } })
  })

  it('says how many are in the log when input ends within a payload', async () => {
    const stdin = Uint8Array.of(0, 0, 0, 1, 65, 0, 0, 0, 9, 66)
    const { code, out, err } = await varve(['append', 'data', '--length-prefixed'], { ...kept(intact()), ...at, stdin })
    expect([code, out]).toEqual([3, '69\n'])
    expect(err).toContain('1 record acknowledged: 69')
    expect(err).toContain('within a payload')
  })

  it('ends when it is interrupted before or while it waits for input', async () => {
    const aborted = AbortSignal.abort()
    expect((await varve(['append', 'data'], { ...kept(intact()), ...at, interrupt: aborted })).code).toBe(130)
    const controller = new AbortController()
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a\n')
      setTimeout(() => { controller.abort() }, 0)
      await new Promise(() => undefined)
    }
    const { code, err } = await varve(['append', 'data'], {
      ...kept(intact()),
      ...at,
      stdin: endless(),
      interrupt: controller.signal,
    })
    expect([code, err]).toEqual([130, '1 record acknowledged: 69\n'])
  })

  it('hands nothing over behind what has failed', async () => {
    const log = await openLog({ storage: memoryStorage(), maxRecordBytes: 8, ...at })
    const sink = { isTerminal: false, columns: undefined, write: async () => undefined }
    const appending = new Appending(log, new Output(sink, styleFor(sink, {}), false), { type: 0, isQuiet: true })
    await appending.append([new Uint8Array(9)])
    await expect(appending.settle()).rejects.toThrow(/^RECORD_TOO_LARGE/)
    await expect(appending.append([new Uint8Array(1)])).rejects.toThrow(/^RECORD_TOO_LARGE/)
    await log.close()
    expect([log.lastSequence, appending.records]).toEqual([0, 0])
  })

  it('waits while too much waits, and keeps the order', async () => {
    const log = await openLog({ storage: memoryStorage(), ...at })
    let text = ''
    const sink = { isTerminal: false, columns: undefined, write: async (data: unknown) => { text += String(data) } }
    const appending = new Appending(log, new Output(sink, styleFor(sink, {}), false), { type: 0, isQuiet: false })
    for (let n = 0; n < 3000; n += 1) await appending.append([Uint8Array.of(n % 256)])
    expect(appending.records).toBeGreaterThan(1900)
    await appending.settle()
    expect(text.split('\n')).toEqual([...Array.from({ length: 3000 }, (_, at_) => String(at_ + 1)), ''])
    await log.close()
  })
})
