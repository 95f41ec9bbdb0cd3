import {
  bytesOf,
  everyKind,
  fixedRuntime,
  flip,
  goOn,
  sealOffset,
  segmentNames,
  withFile,
  withFrame,
} from '@varve/damage'
import { memoryStorage } from '@varve/storage-memory'
import type { LogStorage } from 'varve'
import { describe, expect, it } from 'vitest'
import { checkpointed, corrupt, intact, kept, words } from './support/logs.ts'
import { varve } from './support/terminal.ts'

type Opened = Awaited<ReturnType<LogStorage['open']>>

describe('records', () => {
  it('come as they are, or behind their length, which append takes again', async () => {
    const raw = await varve(['cat', 'data', '--format', 'raw'], kept(words()))
    expect(Buffer.from(raw.bytes).toString('latin1')).toBe('onetwothreef\u00c3\u00bcnfesc\u001b[31mseven\u00ff\u0000A')
    const prefixed = await varve(['cat', 'data', '--format', 'length-prefixed'], kept(words()))
    const other = kept()
    await varve(['append', 'other', '--create', '--length-prefixed'], { ...other, stdin: prefixed.bytes })
    const again = await varve(['cat', 'other', '--format', 'length-prefixed'], other)
    expect(again.bytes).toEqual(prefixed.bytes)
  })

  it('up to the damage are printed, and then the error', async () => {
    const { code, out, err } = await varve(['cat', 'data', '--json'], kept(corrupt()))
    const printed = out.trim().split('\n').map((line) => JSON.parse(line) as { sequence?: number; error?: object })
    expect(printed.map(({ sequence }) => sequence)).toEqual([1, 2, 3, undefined])
    expect(printed.at(-1)?.error).toMatchObject({ code: 'CORRUPT' })
    expect([code, err]).toEqual([2, ''])
  })

  it('that are not there, or no longer, are exit code 1', async () => {
    const missing = await varve(['get', 'data', '99', '--json'], kept(words()))
    expect([missing.code, missing.out]).toEqual([1, '{"sequence":99,"found":false}\n'])
    const reclaimed = await varve(['get', 'data', '3'], kept(checkpointed()))
    expect([reclaimed.code, reclaimed.err]).toEqual([1, expect.stringContaining('error RECLAIMED')])
  })

  it('end when the user interrupts', async () => {
    const interrupt = AbortSignal.abort()
    for (const line of [['cat', 'data'], ['stats', 'data'], ['verify', 'data']]) {
      expect((await varve(line, { ...kept(words()), interrupt })).code).toBe(130)
    }
  })

  it('are handed on in pieces when there are many', async () => {
    let pieces = 0
    const lines = Array.from({ length: 3000 }, (_, at) => `${at} ${'z'.repeat(60)}\n`).join('')
    const log = kept()
    await varve(['append', 'data', '--create', '--quiet'], { ...log, stdin: lines })
    const { out } = await varve(['cat', 'data'], { ...log, onOutput: () => { pieces += 1 } })
    expect(out).toBe(lines)
    expect(pieces).toBeGreaterThan(2)
  })
})

describe('statistics', () => {
  it('of a log without records are zeros', async () => {
    const log = kept()
    await varve(['append', 'data', '--create'], log)
    const { code, out } = await varve(['stats', 'data'], log)
    expect([code, out]).toEqual([0, expect.stringContaining('records     0 (none)')])
  })

  it('show the most frequent of many types', async () => {
    const log = kept()
    for (let type = 0; type < 23; type += 1) {
      await varve(['append', 'data', '--create', '--type', String(type)], { ...log, stdin: '\nx\n' })
    }
    const { out } = await varve(['stats', 'data'], log)
    expect(out).toContain('and 3 more types')
    expect(out).toMatch(/^ +0 +23 /m)
  })
})

describe('a dump', () => {
  const first = String(segmentNames(intact())[0])
  const dump = async (log: ReturnType<typeof intact>, ...line: string[]): Promise<readonly [number, string]> => {
    const { code, out, err } = await varve(['hexdump', 'data', ...line], kept(log))
    return [code, out + err]
  }

  it('of a header shows each field that is bad', async () => {
    const bad = flip(flip(intact(), first, 0), first, 100)
    const [code, text] = await dump(bad, '--header', first)
    expect(code).toBe(2)
    expect(text).toMatch(/magic +6c564152.* bad\n/)
    expect(text).toMatch(/reserved +not zeros +bad\n/)
    expect(text).toMatch(/header checksum .* bad\n/)
    expect((await dump(flip(flip(intact(), first, 12), first, 13), '--header', '1'))[1]).toMatch(/255|254 unknown/)
  })

  it('of a record whose header is damaged shows it, and none behind it is reached', async () => {
    const bad = flip(intact(), first, 128 + 10)
    expect((await dump(bad, '1'))[1]).toMatch(/header checksum .* bad\n/)
    const [code, text] = await dump(bad, '2')
    expect([code, text]).toEqual([2, expect.stringContaining('varve hexdump DIR 1 shows it')])
    expect((await dump(bad, '--seal', '1'))[0]).toBe(2)
  })

  it('of what is not there says so', async () => {
    const last = String(segmentNames(intact()).at(-1))
    for (const line of [['999'], ['--seal', last], ['--header', '77'], ['--header', 'x.varve']]) {
      expect((await dump(intact(), ...line))[0]).toBe(5)
    }
    expect((await dump(checkpointed(), '1'))[0]).toBe(5)
    const short = withFile(intact(), first, new Uint8Array(60))
    expect((await dump(short, '--header', '1'))[1]).toContain('ends inside its header')
    expect((await dump(flip(intact(), first, 3), '1'))[1]).toContain('its header does not verify')
  })

  it('of a log with CRC-32 checks it likewise', async () => {
    const { snapshot } = everyKind({ checksum: 'crc32', runtime: fixedRuntime() })
    for (const line of [['5'], ['--header', '1'], ['--seal', '1']]) {
      const [code, text] = await dump(snapshot, ...line)
      expect([code, text]).toEqual([0, expect.stringContaining(' ok\n')])
    }
  })

  it('of a SEAL shows its index, and of a file that ends behind it no trailer', async () => {
    const large = goOn(undefined, { segmentBytes: 262_144, kernel: 'portable' }, 'close', (log) => {
      for (let n = 0; n < 12; n += 1) log.appendSync(new Uint8Array(30_000))
    })
    const [name = ''] = segmentNames(large)
    const [code, text] = await dump(large, '--seal', '1')
    expect([code, text]).toEqual([0, expect.stringMatching(/index entry 1 +sequence \d+ at offset \d+\n/)])
    const [, bare] = await dump(withFile(large, name, bytesOf(large, name).slice(0, -8)), '--seal', '1')
    expect(bare).not.toContain('trailer magic')
  })

  it('of a file that is shorter than it says ends where the bytes end', async () => {
    const storage = memoryStorage({ snapshot: words() })
    const open = storage.open.bind(storage)
    storage.open = (name, mode) => {
      const file = open(name, mode) as Opened
      const own = { read: file.read.bind(file), close: file.close.bind(file), size: () => 1_000_000 }
      return { ...file, ...own }
    }
    expect((await varve(['hexdump', 'data', '3'], { storage: () => storage })).code).toBe(0)
  })

  it('of a SEAL shows index and list, and what is wrong with its lengths and its trailer', async () => {
    const [, text] = await dump(checkpointed(), '--seal', '4')
    expect(text).toContain('checkpoint list')
    const lengths = withFrame(intact(), first, sealOffset(intact(), first), (frame) => {
      frame.setUint32(40 + 52, 3, true)
    })
    expect(await dump(lengths, '--seal', '1')).toEqual([2, expect.stringMatching(/index entries +3 +bad\n/)])
    const trailer = flip(flip(intact(), first, 4096 - 64), first, 4096 - 30)
    const [code, bad] = await dump(trailer, '--seal', '1')
    expect(code).toBe(2)
    expect(bad).toMatch(/trailer magic +\w+ +bad\n/)
    expect(bad).toMatch(/reserved +not zeros +bad\n/)
  })
})
