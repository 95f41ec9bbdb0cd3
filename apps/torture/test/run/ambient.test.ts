import { describe, expect, it } from 'vitest'
import { withoutAmbient } from '../../src/run/ambient.ts'

describe('a simulated run', () => {
  it.each<[string, () => unknown]>([
    ['now', () => Date.now()],
    ['random', () => Math.random()],
    ['now', () => performance.now()],
    ['getRandomValues', () => crypto.getRandomValues(new Uint8Array(1))],
    ['setTimeout', () => setTimeout(() => undefined)],
    ['setImmediate', () => setImmediate(() => undefined)],
  ])('cannot ask the world: %s', async (name, ask) => {
    await expect(withoutAmbient(() => Promise.resolve(ask()))).rejects.toThrow(`a simulated run called ${name}`)
  })

  it('gives everything back, also when it fails', async () => {
    const taken = (): (PropertyDescriptor | undefined)[] => [
      Object.getOwnPropertyDescriptor(Date, 'now'),
      Object.getOwnPropertyDescriptor(Math, 'random'),
      Object.getOwnPropertyDescriptor(performance, 'now'),
      Object.getOwnPropertyDescriptor(globalThis, 'setTimeout'),
    ]
    const before = taken()
    expect(await withoutAmbient(() => Promise.resolve(7))).toBe(7)
    await expect(withoutAmbient(() => Promise.reject(new Error('oh')))).rejects.toThrow('oh')
    expect(taken()).toEqual(before)
    expect(Date.now()).toBeGreaterThan(0)
  })
})
