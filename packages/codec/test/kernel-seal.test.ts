import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createFrameFields,
  createKernel,
  createPortableKernel,
  foldChain,
  frameBytes,
  isVarveError,
  readFrame,
  viewOf,
} from '../src/index.ts'
import { checksumName, half, toBig, toWord, validRun, word } from './support/arbitrary.ts'
import { kernels } from './support/kernels.ts'
import { buildFrame, joinFrames, type Life, littleEndian, naiveFold, naiveScan } from './support/oracle.ts'

const start = { position: 4096, unitPosition: 4096, limit: 2 ** 35 - 8, lastSequence: 0, lastTimestamp: 0 }
const zero: Life = { id: 1, salt: 0n }
const fresh = { insideBatch: false, lastControl: 0, records: 0, frames: 0, durableEnd: 0, needed: 0 }

describe.each(kernels)('stage and seal of the %s kernel write the frames of the table', (_name, kernelOver) => {
  it('byte for byte, over memory that held something else', () => {
    fc.assert(
      fc.property(validRun(), word, checksumName, word, (frames, salt, id, chain) => {
        const life = { id, salt: toBig(salt) }
        const durableEnd = 4088
        const expected = joinFrames(
          frames.map((frame) => ({ ...frame, durableEnd })),
          4096,
          life,
        )
        const kernel = kernelOver(new Uint8Array(expected.length).fill(0xee), life)
        let at = 0
        for (const { payload, sequence, timestamp, type, flags } of frames) {
          const size = kernel.stage(at, payload.length, Number(sequence), Number(timestamp), type!, flags!)
          kernel.memory.set(payload, at + 40)
          expect(size).toBe(frameBytes(payload.length))
          at += size
        }
        const digest = { ...chain }
        expect(kernel.seal(0, at, 4096, durableEnd, digest)).toBe(frames.length)
        expect(kernel.memory).toEqual(expected)
        const state = { ...start, ...fresh, chainLow: chain.low, chainHigh: chain.high }
        expect(naiveScan(expected, state, life)).toBe('end')
        expect(digest).toEqual({ low: state.chainLow, high: state.chainHigh })
      }),
    )
  })

  it('stage leaves checksums and durable end zero, and the payload alone', () => {
    const kernel = kernelOver(new Uint8Array(64).fill(0x77), zero)
    expect(kernel.stage(8, 3, 2 ** 53 - 1, 2 ** 32 + 1, 0xabcd, 2)).toBe(48)
    const hex = [...kernel.memory].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    expect(hex.slice(16, 96)).toBe(
      '00000000' + '03000000' + 'ffffffffffff1f00' + '0100000001000000' + '0000000000000000' + '00000000' + 'cdab0201',
    )
    expect(hex.slice(96)).toBe('777777' + '0000000000' + '7777777777777777')
    expect(hex.slice(0, 16)).toBe('7777777777777777')
  })

  it('seal binds frames to their place in a file beyond 32 bits', () => {
    const life = { id: 1, salt: (1n << 64n) - 1n }
    const position = 2 ** 40 + 8
    const kernel = kernelOver(new Uint8Array(40), life)
    kernel.stage(0, 0, 1, 0, 0, 0)
    kernel.seal(0, 40, position, 0, { low: 0, high: 0 })
    const expected = buildFrame({ payload: new Uint8Array(), sequence: 1n }, position, life)
    expect(kernel.memory).toEqual(new Uint8Array(expected))
  })

  it('seal may be repeated, with another durable end', () => {
    const kernel = kernelOver(new Uint8Array(48), { id: 2, salt: 0x2_0000_0001n })
    kernel.stage(0, 3, 1, 0, 0, 0)
    kernel.seal(0, 48, 4096, 0, { low: 0, high: 0 })
    const before = kernel.memory.slice()
    kernel.seal(0, 48, 4096, 2048, { low: 0, high: 0 })
    expect(kernel.memory).not.toEqual(before)
    expect(readFrame(viewOf(kernel.memory), 0, createFrameFields()).durableEnd).toBe(2048)
    kernel.seal(0, 48, 4096, 0, { low: 0, high: 0 })
    expect(kernel.memory).toEqual(before)
  })
})

describe.each(kernels)('the %s kernel refuses to write', (_name, kernelOver) => {
  it('a frame that the memory has no room for', () => {
    const kernel = kernelOver(new Uint8Array(47), zero)
    expect(() => kernel.stage(0, 1, 1, 0, 0, 0)).toThrow(/INVALID_ARGUMENT/)
    expect(() => kernel.stage(8, 0, 1, 0, 0, 0)).toThrow(/INVALID_ARGUMENT/)
    expect(() => kernel.stage(-8, 0, 1, 0, 0, 0)).toThrow(/INVALID_ARGUMENT/)
    expect(kernel.memory.every((byte) => byte === 0)).toBe(true)
  })

  it('bytes that were not staged, or not in whole', () => {
    const kernel = kernelOver(new Uint8Array(96), zero)
    expect(() => kernel.seal(0, 96, 0, 0, { low: 0, high: 0 })).toThrow(/whole staged frames/)
    kernel.stage(0, 56, 1, 0, 0, 0)
    expect(() => kernel.seal(0, 88, 0, 0, { low: 0, high: 0 })).toThrow(/whole staged frames/)
    expect(() => kernel.seal(0, 32, 0, 0, { low: 0, high: 0 })).toThrow(/whole staged frames/)
    for (const claims of [2 ** 32 - 1, 2 ** 32 - 40, 2 ** 31]) {
      viewOf(kernel.memory).setUint32(4, claims, true)
      expect(() => kernel.seal(0, 96, 0, 0, { low: 0, high: 0 })).toThrow(/whole staged frames/)
    }
    expect(() => kernel.seal(80, 96, 0, 0, { low: 0, high: 0 })).toThrow(/whole staged frames/)
  })

  it('what stands behind whole frames, and says where; those are written', () => {
    const kernel = kernelOver(new Uint8Array(200), zero)
    const end = kernel.stage(0, 8, 1, 0, 0, 0)
    const first = { low: 1, high: 2 }
    kernel.seal(0, end, 8, 0, first)
    const before = kernel.memory.slice()
    kernel.memory.fill(0xee, 0, 4)
    const chain = { low: 1, high: 2 }
    expect(() => kernel.seal(0, 200, 8, 0, chain)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', context: { offset: end, end: 200 } }),
    )
    expect(kernel.memory).toEqual(before)
    expect(chain).toEqual(first)
  })

  it('a durable end that no frame could carry', () => {
    const kernel = kernelOver(new Uint8Array(40), zero)
    kernel.stage(0, 0, 1, 0, 0, 0)
    for (const durableEnd of [-8, 4, 4104]) {
      expect(() => kernel.seal(0, 40, 4096, durableEnd, { low: 0, high: 0 })).toThrow(/durableEnd/)
    }
    expect(() => kernel.seal(0, 40, 2 ** 40, 2 ** 35, { low: 0, high: 0 })).toThrow(/durableEnd/)
    for (const position of [4, -8, 2 ** 53, Number.NaN]) {
      expect(() => kernel.seal(0, 40, position, 0, { low: 0, high: 0 })).toThrow(/position/)
    }
  })
})

describe('what no kernel can be made of is refused', () => {
  it('a kernel of no bytes, of too many, or of an unknown kind', () => {
    for (const bytes of [0, -1, 1.5, 2 ** 30 + 1]) expect(() => createKernel(bytes)).toThrow(/bytes must be/)
    expect(() => createKernel(8, 'fast' as never)).toThrow(/preference must be/)
    const huge = Object.create(Uint8Array.prototype, { length: { value: 2 ** 31 } }) as Uint8Array<ArrayBuffer>
    expect(() => createPortableKernel(huge)).toThrow(/memory.length must be/)
  })

  it('with an error that names the code', () => {
    try {
      createKernel(0)
      expect.unreachable()
    } catch (error) {
      expect(isVarveError(error, 'INVALID_ARGUMENT')).toBe(true)
    }
  })
})

describe('the chain digest', () => {
  it('is the mix of the format', () => {
    fc.assert(
      fc.property(word, half, (before, sum) => {
        const chain = { ...before }
        foldChain(chain, sum)
        expect(chain).toEqual(toWord(toBigWord(naiveFold(BigInt(before.low), BigInt(before.high), BigInt(sum)))))
      }),
    )
  })

  it('loses nothing: every step can be undone', () => {
    fc.assert(
      fc.property(word, half, (before, sum) => {
        const chain = { ...before }
        foldChain(chain, sum)
        expect(unfold(chain, sum)).toEqual(before)
      }),
    )
  })
})

describe.each(kernels)('the chain digest of the %s kernel', (_name, kernelOver) => {
  it('leaves out SEAL and MARK and nothing else', () => {
    for (const [flags, type, counts] of [
      [0, 1, true],
      [0, 6, true],
      [1, 1, false],
      [1, 2, true],
      [1, 3, true],
      [1, 4, true],
      [1, 5, true],
      [1, 6, false],
    ] as const) {
      const kernel = kernelOver(new Uint8Array(40), zero)
      kernel.stage(0, 0, 1, 0, type, flags)
      const chain = { low: 5, high: 6 }
      kernel.seal(0, 40, 0, 0, chain)
      const expected = { low: 5, high: 6 }
      if (counts) foldChain(expected, Number(littleEndian(kernel.memory.subarray(0, 4))))
      expect(chain).toEqual(expected)
    }
  })
})

function toBigWord(value: { low: bigint; high: bigint }): bigint {
  return (value.high << 32n) | value.low
}

/** The inverse of an odd factor modulo 2^32, by Newton's iteration. */
function inverse(factor: number): number {
  let result = factor
  for (let step = 0; step < 5; step++) result = Math.imul(result, 2 - Math.imul(factor, result))
  return result
}

/** Undoes one step of the chain for a known header checksum. */
function unfold(chain: { low: number; high: number }, sum: number): { low: number; high: number } {
  const y = Math.imul(chain.high, inverse(0x85ebca77))
  const x = chain.low ^ ((y << 17) | (y >>> 15))
  const high = (y - ((x << 13) | (x >>> 19))) >>> 0
  return { low: (Math.imul(x, inverse(0x9e3779b1)) ^ sum) >>> 0, high }
}
