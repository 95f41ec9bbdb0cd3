import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createScanState, type ScanState, scanStop } from '../src/index.ts'
import { checksumName, toBig, toWord, validRun, word } from './support/arbitrary.ts'
import { kernels } from './support/kernels.ts'
import { joinFrames, type Life, naiveScan, type RawFrame, stopNames } from './support/oracle.ts'

const life: Life = { id: 1, salt: 0xfedc_ba98_ffff_fff0n }
const position = 4096
const bytesOf = (...values: number[]): Uint8Array => new Uint8Array(values)

function stateAt(changes: Partial<ScanState> = {}): ScanState {
  const chain = toWord(0x0123_4567_89ab_cdefn)
  const start = { position, limit: 2 ** 35 - 8, lastSequence: 0, lastTimestamp: 0, chain }
  return Object.assign(createScanState(start), changes)
}

/** Scans all of `bytes` with every kernel and with the oracle, which must agree on everything. */
function scanAll(bytes: Uint8Array, state: ScanState, of: Life = life): string {
  const before = { ...state }
  const stop = naiveScan(bytes, state, of)
  for (const [name, kernelOver] of kernels) {
    const own = { ...before }
    const kernel = kernelOver(bytes, of)
    expect([name, stopNames[kernel.scan(0, bytes.length, own)], own]).toEqual([name, stop, state])
    expect(kernel.memory).toEqual(new Uint8Array(bytes))
  }
  return stop
}

const one: RawFrame = { payload: bytesOf(1, 2, 3), sequence: 1n, timestamp: 5n }

describe('a scan agrees with a parser written from the table', () => {
  const from = fc.integer({ min: 0, max: 2 ** 20 }).map((value) => value * 8)
  const farAway = fc.constantFrom(0, 2 ** 32 - 8, 2 ** 32, 2 ** 40)

  it('on valid runs', () => {
    fc.assert(
      fc.property(validRun(), word, checksumName, from, farAway, (frames, salt, id, near, far) => {
        const start = near + far
        const own = { id, salt: toBig(salt) }
        const state = stateAt({ position: start, unitPosition: start, limit: Number.MAX_SAFE_INTEGER })
        expect(scanAll(joinFrames(frames, start, own), state, own)).toBe('end')
        expect(state.frames).toBe(frames.length)
      }),
    )
  })

  it('on runs cut off anywhere, and goes on where they were cut', () => {
    fc.assert(
      fc.property(validRun(), fc.nat(1000), (frames, cut) => {
        const whole = joinFrames(frames, position, life)
        const state = stateAt()
        const stop = scanAll(whole.subarray(0, cut), state)
        expect(['end', 'partial']).toContain(stop)
        expect(scanAll(whole.subarray(state.position - position), state)).toBe('end')
        const atOnce = stateAt()
        scanAll(whole, atOnce)
        expect(state).toEqual(atOnce)
      }),
    )
  })

  it('on runs damaged in one bit', () => {
    fc.assert(
      fc.property(validRun(4), fc.nat(), (frames, at) => {
        const bytes = joinFrames(frames, position, life)
        fc.pre(bytes.length > 0)
        const bit = at % (bytes.length * 8)
        bytes[bit >> 3]! ^= 1 << (bit & 7)
        expect(['header', 'payload']).toContain(scanAll(bytes, stateAt()))
      }),
      { numRuns: 500 },
    )
  })

  it('on frames that verify with any fields at all, after any state', () => {
    const number = fc.constantFrom(0n, 1n, 2n, 3n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 64n - 1n)
    const frame = fc.record({
      payload: fc.uint8Array({ maxLength: 20 }),
      sequence: number,
      timestamp: number,
      durableEnd: fc.constantFrom(0, 8, 4088, 4096, 4104, 2 ** 35 - 8),
      type: fc.constantFrom(0, 1, 2, 5, 6, 7, 65535),
      flags: fc.constantFrom(0, 1, 2, 3, 4, 128),
      version: fc.constantFrom(1, 1, 1, 0, 2, 255),
    })
    const before = fc.record({
      lastSequence: fc.constantFrom(0, 1, 2, 2 ** 32 - 1, 2 ** 53 - 1),
      lastTimestamp: fc.constantFrom(0, 1, 2, 2 ** 32),
      insideBatch: fc.boolean(),
      lastControl: fc.constantFrom(0, 0, 1, 2, 5, 6),
      limit: fc.constantFrom(4096, 4104, 4136, 4144, 4200, 2 ** 35 - 8),
      durableEnd: fc.constantFrom(0, 4096, 8192),
    })
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 3 }), before, (frames, changes) => {
        scanAll(joinFrames(frames, position, life), stateAt(changes))
      }),
      { numRuns: 3000 },
    )
  })

  it('on garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(['end', 'partial', 'header']).toContain(scanAll(bytes, stateAt()))
      }),
    )
  })
})

describe('every way to stop', () => {
  const scanOne = (frame: Partial<RawFrame>, changes: Partial<ScanState> = {}): string =>
    scanAll(joinFrames([{ ...one, ...frame }], position, life), stateAt(changes))

  it('end: nothing is left', () => {
    expect(scanAll(bytesOf(), stateAt())).toBe('end')
    expect(scanOne({})).toBe('end')
  })

  it('end: the limit is reached, whatever stands behind it', () => {
    expect(scanOne({}, { limit: position })).toBe('end')
    const bytes = joinFrames([one, { ...one, sequence: 2n }], position, life)
    const state = stateAt({ limit: position + 48 })
    expect(scanAll(bytes, state)).toBe('end')
    expect(state.position).toBe(position + 48)
  })

  it('partial: the header is not whole', () => {
    const state = stateAt()
    expect(scanAll(joinFrames([one], position, life).subarray(0, 39), state)).toBe('partial')
    expect(state.needed).toBe(0)
  })

  it('partial: the header is whole and tells the size', () => {
    const state = stateAt()
    expect(scanAll(joinFrames([one], position, life).subarray(0, 47), state)).toBe('partial')
    expect(state).toMatchObject({ needed: 48, position, frames: 0 })
  })

  it('partial or limit: a payload of nearly 4 GiB, whose frame is longer than 32 bits tell', () => {
    for (const claims of [2 ** 32 - 1, 2 ** 32 - 40, 2 ** 32 - 48, 2 ** 31]) {
      const state = stateAt()
      expect(scanAll(joinFrames([{ ...one, claims }], position, life), state)).toBe('partial')
      expect(state.needed).toBe(40 + Math.ceil(claims / 8) * 8)
      expect(scanOne({ claims }, { limit: position + claims })).toBe('limit')
    }
  })

  it('header: zeros, another place, another salt, another checksum', () => {
    expect(scanAll(new Uint8Array(64), stateAt())).toBe('header')
    const bytes = joinFrames([one], position, life)
    expect(scanAll(bytes, stateAt({ position: position + 8 }))).toBe('header')
    expect(scanAll(bytes, stateAt({ position: position + 2 ** 32, limit: 2 ** 53 - 1 }))).toBe('header')
    expect(scanAll(bytes, stateAt(), { ...life, salt: life.salt + 1n })).toBe('header')
    expect(scanAll(bytes, stateAt(), { ...life, id: 2 })).toBe('header')
  })

  it('header: no frame fits between here and the limit', () => {
    for (const room of [8, 32]) expect(scanOne({}, { limit: position + room })).toBe('header')
  })

  it('payload: its checksum or the zeros behind it', () => {
    for (let at = 40; at < 48; at++) {
      const bytes = joinFrames([one], position, life)
      bytes[at]! ^= 0x10
      const state = stateAt()
      expect(scanAll(bytes, state)).toBe('payload')
      expect(state).toMatchObject({ position, frames: 0, lastSequence: 0 })
    }
  })

  it('payload: any bit of its 64-bit checksum, under a header that verifies', () => {
    for (const id of [1, 2]) {
      for (let bit = 0n; bit < 64n; bit++) {
        const bytes = joinFrames([{ ...one, damage: 1n << bit }], position, { ...life, id })
        expect(scanAll(bytes, stateAt(), { ...life, id })).toBe('payload')
      }
    }
  })

  it.each<[string, Partial<RawFrame>]>([
    ['version 0', { version: 0 }],
    ['version 2', { version: 2 }],
    ['the third flag', { flags: 4 }],
    ['the last flag', { flags: 129 }],
    ['control type 0', { flags: 1, type: 0, sequence: 0n }],
    ['control type 7', { flags: 1, type: 7, sequence: 0n }],
    ['control type 256', { flags: 1, type: 256, sequence: 0n }],
    ['a sequence that is not safe', { sequence: 2n ** 53n }],
    ['a timestamp that is not safe', { timestamp: 2n ** 53n }],
  ])('unsupported: %s', (_name, frame) => {
    expect(scanOne(frame)).toBe('unsupported')
  })

  it('unsupported wins over limit and order, limit over order', () => {
    expect(scanOne({ version: 2, sequence: 9n }, { limit: position + 40 })).toBe('unsupported')
    expect(scanOne({ sequence: 9n }, { limit: position + 40 })).toBe('limit')
  })

  it.each<[string, Partial<RawFrame>, Partial<ScanState>]>([
    ['a gap', { sequence: 2n }, {}],
    ['a repeated record', { sequence: 1n }, { lastSequence: 1 }],
    ['a control record with a number of its own', { flags: 1, type: 2, sequence: 1n }, {}],
    ['time going back', { timestamp: 4n }, { lastTimestamp: 5 }],
    ['a durable end behind itself', { durableEnd: position + 8 }, {}],
    ['a control record inside a batch', { flags: 1, type: 2, sequence: 0n }, { insideBatch: true }],
    ['a control record that begins a batch', { flags: 3, type: 2, sequence: 0n }, {}],
    ['anything after a SEAL', {}, { lastControl: 1 }],
    ['anything after a MARK', {}, { lastControl: 6 }],
    ['a MARK after a MARK', { flags: 1, type: 6, sequence: 0n }, { lastControl: 6 }],
  ])('order: %s', (_name, frame, changes) => {
    expect(scanOne(frame, changes)).toBe('order')
  })

  it('limit: the frame would reach beyond it', () => {
    expect(scanOne({}, { limit: position + 40 })).toBe('limit')
    expect(scanOne({}, { limit: position + 48 })).toBe('end')
  })
})

describe('the durable end', () => {
  const claim: RawFrame = { ...one, durableEnd: 4088 }

  it('is the highest that any verified header claimed', () => {
    const state = stateAt()
    const frames = [claim, { ...one, sequence: 2n, durableEnd: 4096 }, { ...one, sequence: 3n, durableEnd: 8 }]
    expect(scanAll(joinFrames(frames, position, life), state)).toBe('end')
    expect(state.durableEnd).toBe(4096)
  })

  it('counts from a frame whose payload is damaged or not there', () => {
    const bytes = joinFrames([claim], position, life)
    const partial = stateAt()
    expect(scanAll(bytes.subarray(0, 40), partial)).toBe('partial')
    expect(partial.durableEnd).toBe(4088)
    bytes[41]! ^= 1
    const damaged = stateAt()
    expect(scanAll(bytes, damaged)).toBe('payload')
    expect(damaged.durableEnd).toBe(4088)
  })

  it('does not count from a header that is unknown, out of order, beyond the limit or damaged', () => {
    const refused: [Partial<RawFrame>, Partial<ScanState>][] = [
      [{ version: 2 }, {}],
      [{ sequence: 7n }, {}],
      [{ durableEnd: 2 ** 35 - 8 }, {}],
      [{}, { limit: position + 40 }],
    ]
    for (const [frame, changes] of refused) {
      const state = stateAt(changes)
      scanAll(joinFrames([{ ...claim, ...frame }], position, life), state)
      expect(state.durableEnd).toBe(0)
    }
    const bytes = joinFrames([claim], position, life)
    bytes[5]! ^= 1
    const state = stateAt()
    expect(scanAll(bytes, state)).toBe('header')
    expect(state.durableEnd).toBe(0)
  })
})

describe('where a next frame may go', () => {
  const after = (...frames: RawFrame[]): { state: ScanState; length: number } => {
    const bytes = joinFrames(frames, position, life)
    const state = stateAt()
    expect(scanAll(bytes, state)).toBe('end')
    return { state, length: bytes.length }
  }

  it('is behind a record and behind the last of a batch, not inside it', () => {
    const inside = after(one, { ...one, sequence: 2n, flags: 2 }, { ...one, sequence: 3n, flags: 2 })
    expect(inside.state).toMatchObject({ unitPosition: position + 48, insideBatch: true, records: 3 })
    const whole = after({ ...one, flags: 2 }, { ...one, sequence: 2n })
    expect(whole.state).toMatchObject({ unitPosition: position + 96, insideBatch: false })
  })

  it('is in front of a MARK and behind every other control record', () => {
    const mark = { ...one, flags: 1, type: 6 }
    expect(after(one, mark).state).toMatchObject({ unitPosition: position + 48, lastControl: 6, records: 1, frames: 2 })
    for (const type of [1, 2, 3, 4, 5]) {
      const { state, length } = after(one, { ...mark, type })
      expect(state).toMatchObject({ unitPosition: position + length, lastControl: type, records: 1, frames: 2 })
    }
  })
})

describe.each(kernels)('a scan of the %s kernel refuses what it cannot read', (_name, kernelOver) => {
  it.each([
    [-8, 8],
    [0, 49],
    [16, 8],
    [Number.NaN, 8],
  ])('bytes %d to %d of 48', (offset, end) => {
    const kernel = kernelOver(new Uint8Array(48), life)
    expect(() => kernel.scan(offset, end, stateAt())).toThrow(/INVALID_ARGUMENT/)
    expect(() => kernel.probe(offset, end, 0)).toThrow(/INVALID_ARGUMENT/)
    expect(() => kernel.seal(offset, end, 0, 0, { low: 0, high: 0 })).toThrow(/INVALID_ARGUMENT/)
  })
})

describe('the state of a scan', () => {
  it.each([
    { position: -8 },
    { position: 4 },
    { limit: 0 },
    { lastSequence: -1 },
    { lastTimestamp: 0.5 },
    { chain: { low: -1, high: 0 } },
  ])('cannot begin with %j', (changes) => {
    const start = { position: 8, limit: 80, lastSequence: 0, lastTimestamp: 0, chain: { low: 0, high: 0 } }
    expect(() => createScanState({ ...start, ...changes })).toThrow(/INVALID_ARGUMENT/)
  })

  it('numbers its stops as the format does', () => {
    expect(Object.keys(scanStop)).toEqual([...stopNames])
    expect(Object.values(scanStop)).toEqual([0, 1, 2, 3, 4, 5, 6])
  })
})
