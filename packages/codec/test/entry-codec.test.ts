import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { bytesCodec, isVarveError, jsonCodec, textCodec, type VarveError } from '../src/index.ts'
import { refusal } from './support/refusal.ts'

function failure(call: () => unknown): VarveError {
  try {
    call()
  } catch (error) {
    if (isVarveError(error, 'INVALID_ARGUMENT')) return error
    throw error
  }
  return expect.unreachable()
}

afterEach(() => {
  vi.unstubAllGlobals()
})

/** Of code points of every length in UTF-8, and never half a surrogate pair. */
const wellFormed = fc
  .array(fc.oneof(fc.nat(0x7ff), fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff })))
  .map((points) => String.fromCodePoint(...points))

describe('the bytes codec', () => {
  it('gives back the same bytes, in a buffer of their own', () => {
    const entry = Buffer.from([1, 2, 3])
    const decoded = bytesCodec.decode(bytesCodec.encode(entry))
    entry.fill(0)
    expect(decoded).toEqual(new Uint8Array([1, 2, 3]))
    expect(decoded.buffer.byteLength).toBe(3)
    expect(bytesCodec.name).toBe('bytes')
  })

  it('refuses what is not bytes', () => {
    expect(failure(() => bytesCodec.encode('text' as never)).context).toEqual({ argument: 'entry' })
  })
})

describe('the text codec', () => {
  it('gives back every well-formed string', () => {
    fc.assert(
      fc.property(wellFormed, (text) => {
        expect(textCodec.decode(textCodec.encode(text))).toBe(text)
      }),
    )
    expect(textCodec.decode(textCodec.encode('\ufeffmark'))).toBe('\ufeffmark')
  })

  it('refuses half a surrogate pair, which would come back as another string', () => {
    for (const text of ['\ud800', 'a\udc00b', '\udc00\ud800']) failure(() => textCodec.encode(text))
    failure(() => textCodec.encode(7 as never))
  })

  it('refuses bytes that are not UTF-8, with the cause', () => {
    const error = failure(() => textCodec.decode(new Uint8Array([0xff, 0xfe])))
    expect(error.cause).toBeInstanceOf(TypeError)
    expect(error.context).toEqual({ codec: 'text', bytes: 2 })
  })
})

describe('the json codec', () => {
  it('gives back what JSON holds', () => {
    const codec = jsonCodec<unknown>()
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = codec.decode(codec.encode(value))
        expect(once).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
    expect(codec.decode(codec.encode('\ud800'))).toBe('\ud800')
  })

  it('refuses what JSON cannot hold', () => {
    const cycle: unknown[] = []
    cycle.push(cycle)
    expect(failure(() => jsonCodec().encode(cycle)).cause).toBeInstanceOf(TypeError)
    expect(failure(() => jsonCodec().encode(1n)).cause).toBeInstanceOf(TypeError)
    expect(failure(() => jsonCodec().encode(undefined)).context).toEqual({ codec: 'json', type: 'undefined' })
    expect(failure(() => jsonCodec().encode(() => 1)).context).toEqual({ codec: 'json', type: 'function' })
  })

  it('refuses bytes that are not JSON, with the cause', () => {
    const error = failure(() => jsonCodec().decode(textCodec.encode('{"a":')))
    expect(error.cause).toBeInstanceOf(SyntaxError)
    expect(error.context).toEqual({ codec: 'json', bytes: 5 })
    expect(failure(() => jsonCodec().decode(new Uint8Array([0xff]))).cause).toBeInstanceOf(TypeError)
  })
})

describe('on a platform without text', () => {
  it('says so', () => {
    vi.stubGlobal('TextEncoder', undefined)
    vi.stubGlobal('TextDecoder', undefined)
    const unsupported = refusal('UNSUPPORTED')
    expect(() => textCodec.encode('a')).toThrow(unsupported)
    expect(() => textCodec.decode(new Uint8Array())).toThrow(unsupported)
  })
})
