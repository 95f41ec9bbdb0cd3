import fc from 'fast-check'
import { expect, test } from 'vitest'
import { originOf, payloadBytesMin, payloadOf } from '../src/logic/payload.ts'

const origins = fc.record({
  tab: fc.integer({ min: 1, max: 65_535 }),
  serial: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
})

test('a payload says who made it, whatever its size', () => {
  fc.assert(fc.property(origins, fc.integer({ min: payloadBytesMin, max: 2000 }), (origin, bytes) => {
    const payload = payloadOf(origin, bytes)
    expect(payload).toHaveLength(bytes)
    expect(originOf(payload)).toEqual(origin)
  }))
})

test('a payload with any byte of its pattern changed is nobody’s', () => {
  fc.assert(fc.property(origins, fc.integer({ min: payloadBytesMin, max: 500 }), (origin, at) => {
    const payload = payloadOf(origin, 501)
    payload[at]! ^= 0x10
    expect(originOf(payload)).toBeUndefined()
  }))
})

test('too few bytes are filled up, and are nobody’s when they are read', () => {
  expect(payloadOf({ tab: 1, serial: 1 }, 3)).toHaveLength(payloadBytesMin)
  expect(originOf(new Uint8Array(payloadBytesMin - 1))).toBeUndefined()
})
