import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checksumName, toBig, word } from './support/arbitrary.ts'
import { kernels } from './support/kernels.ts'
import { buildFrame, type Life, type RawFrame } from './support/oracle.ts'

const life: Life = { id: 1, salt: 77n }
const frame: RawFrame = { payload: new Uint8Array([1, 2, 3]), sequence: 12n, timestamp: 99n, type: 3 }

/** Memory of `bytes` bytes, filled by `fill`, with `content` at `offset`. */
function withFrame(bytes: number, offset: number, content: Uint8Array, fill = 0): Uint8Array {
  const memory = new Uint8Array(bytes).fill(fill)
  memory.set(content.subarray(0, bytes - offset), offset)
  return memory
}

describe.each(kernels)('a probe of the %s kernel finds a header', (_name, kernelOver) => {
  it('at any multiple of eight, over any background, with any salt', () => {
    const place = fc.integer({ min: 0, max: 57 }).map((value) => value * 8)
    fc.assert(
      fc.property(place, word, checksumName, fc.nat(255), fc.nat(2 ** 20), (offset, salt, id, fill, base) => {
        const own = { id, salt: toBig(salt) }
        const content = buildFrame(frame, base * 8 + offset, own)
        expect(kernelOver(withFrame(512, offset, content, fill), own).probe(0, 512, base * 8)).toBe(offset)
      }),
    )
  })

  it('whatever became of its payload, up to the last whole header', () => {
    const content = buildFrame(frame, 4096 + 24, life)
    const kernel = kernelOver(withFrame(64, 24, content), life)
    expect(kernel.probe(0, 64, 4096)).toBe(24)
    expect(kernel.probe(24, 64, 4120)).toBe(24)
    expect(kernel.probe(0, 63, 4096)).toBe(-1)
  })

  it('the first of several, then the next', () => {
    const memory = withFrame(256, 40, buildFrame(frame, 40, life))
    memory.set(buildFrame(frame, 160, life), 160)
    const kernel = kernelOver(memory, life)
    expect(kernel.probe(0, 256, 0)).toBe(40)
    expect(kernel.probe(48, 256, 48)).toBe(160)
    expect(kernel.probe(168, 256, 168)).toBe(-1)
  })

  it('of every control type, and of a frame that claims all before it durable', () => {
    for (const type of [1, 2, 3, 4, 5, 6]) {
      const content = buildFrame({ ...frame, type, flags: 1, durableEnd: 4096 }, 4096, life)
      expect(kernelOver(content, life).probe(0, content.length, 4096)).toBe(0)
    }
  })
})

describe.each(kernels)('a probe of the %s kernel finds nothing', (_name, kernelOver) => {
  it('in zeros, or where there is no room', () => {
    const kernel = kernelOver(new Uint8Array(4096), life)
    expect(kernel.probe(0, 4096, 0)).toBe(-1)
    expect(kernel.probe(0, 39, 0)).toBe(-1)
    expect(kernel.probe(8, 8, 0)).toBe(-1)
  })

  it('in garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, tempting) => {
        if (tempting) for (let at = 39; at < bytes.length; at += 8) bytes.set([0, 1], at - 1)
        expect(kernelOver(bytes, life).probe(0, bytes.length, 4096)).toBe(-1)
      }),
    )
  })

  it('off its eight-byte places', () => {
    const content = buildFrame(frame, 4096, life)
    for (let offset = 1; offset < 8; offset++) {
      const kernel = kernelOver(withFrame(96, offset, content), life)
      expect(kernel.probe(0, 96, 4096 - offset)).toBe(-1)
    }
  })

  it('at another position or with another salt', () => {
    const content = buildFrame(frame, 4096, life)
    for (const position of [0, 4088, 4104, 4096 + 2 ** 32]) {
      expect(kernelOver(content, life).probe(0, content.length, position)).toBe(-1)
    }
    expect(kernelOver(content, { ...life, salt: 78n }).probe(0, content.length, 4096)).toBe(-1)
  })

  it.each<Partial<RawFrame>>([
    { version: 2 },
    { version: 0 },
    { flags: 4 },
    { flags: 1, type: 0 },
    { flags: 1, type: 7 },
    { durableEnd: 4104 },
  ])('in a header that verifies but has %j', (changes) => {
    const content = buildFrame({ ...frame, ...changes }, 4096, life)
    expect(kernelOver(content, life).probe(0, content.length, 4096)).toBe(-1)
  })

  it('in a header with one bit flipped', () => {
    for (let bit = 0; bit < 320; bit++) {
      const content = buildFrame(frame, 4096, life)
      content[bit >> 3]! ^= 1 << (bit & 7)
      expect(kernelOver(content, life).probe(0, content.length, 4096)).toBe(-1)
    }
  })
})
