import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openLog } from '../../src/index.ts'
import { BusyTime } from '../../src/write/busy-time.ts'
import { SampleWindow } from '../../src/write/sample-window.ts'
import { manualClock } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { isDurableCall } from '../support/log-intercept.ts'
import { payload } from '../support/log-records.ts'

describe('the share of time that something was under way', () => {
  it('is what a list of all of it gives, over a window of ten seconds up to its first bucket', () => {
    const anyStep = fc.record({
      gapMs: fc.oneof(fc.nat(300), fc.nat(30_000)),
      busyMs: fc.oneof(fc.nat(300), fc.nat(15_000)),
    })
    const anySteps = fc.array(anyStep, { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(fc.nat(5000), anySteps, fc.nat(12_000), (openedAt, steps, restMs) => {
        const busy = new BusyTime(openedAt)
        const spans: [number, number][] = []
        let now = openedAt
        for (const { gapMs, busyMs } of steps) {
          now += gapMs
          busy.begin(now)
          spans.push([now, now + busyMs])
          now += busyMs
          busy.end(now)
        }
        now += restMs
        const began = Math.max(openedAt, (Math.floor(now / 100) - 100) * 100)
        const inside = spans.reduce((sum, [from, to]) => sum + Math.max(0, to - Math.max(from, began)), 0)
        expect(busy.share(now)).toBeCloseTo(now === began ? 0 : inside / (now - began), 9)
      }),
    )
  })

  it('counts what overlaps once, and what is still under way until now', () => {
    const busy = new BusyTime(0)
    expect(busy.share(0)).toBe(0)
    busy.begin(0)
    busy.begin(50)
    busy.end(100)
    expect(busy.share(200)).toBe(1)
    busy.end(300)
    expect(busy.share(400)).toBe(0.75)
    busy.begin(100_000)
    expect(busy.share(100_000)).toBe(0)
    expect(busy.share(1_000_000)).toBe(1)
  })
})

describe('a window of samples', () => {
  it('tells the last one, and percentiles and the largest of the last 1,024', () => {
    const window = new SampleWindow()
    expect(window.distribution()).toEqual({ last: 0, p50: 0, p99: 0, max: 0 })
    window.add(5000)
    for (let n = 0; n < 1024; n += 1) window.add(n)
    expect(window.distribution()).toEqual({ last: 1023, p50: 512, p99: 1013, max: 1023 })
    expect(window.count).toBe(1025)
  })
})

describe('stats', () => {
  it('tell how much of the time a sync is in flight, how large commits are, and who reads', async () => {
    const clock = manualClock()
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, runtime: clock.runtime })
    await clock.advance(1000)
    for (const records of [1, 4, 2]) {
      const hold = disk.hold(isDurableCall)
      const appended = Array.from({ length: records }, (_, n) => log.append(payload(n)))
      await hold.reached
      await clock.advance(1000)
      expect(log.stats().saturation).toBeGreaterThan(0)
      hold.release()
      await Promise.all(appended)
    }
    expect(log.stats().saturation).toBeCloseTo(3 / 4, 9)
    expect(log.stats()).toMatchObject({ syncLatencyMs: { last: 1000, max: 1000 }, readers: 0 })
    expect(log.stats().batchRecords).toEqual({ last: 2, p50: 2, p99: 4, max: 4 })
    await log.sync()
    expect(log.stats().batchRecords.last).toBe(2)
    const reader = log.read()
    await reader.next()
    expect(log.stats().readers).toBe(1)
    await clock.advance(20_000)
    expect(log.stats()).toMatchObject({ saturation: 0, observerFailure: undefined })
    await log.close()
  })

  it('count a rotation as time in which something is made durable', async () => {
    const clock = manualClock()
    const disk = new ControlledStorage({ without: ['writeDurable'] })
    const options = { segmentBytes: 4096, blockBytes: 128, durability: 'async' } as const
    const log = await openLog({ storage: disk.storage, runtime: clock.runtime, ...options })
    await log.append(payload(1, 2000))
    await clock.advance(100)
    const hold = disk.hold('sync')
    const appended = log.append(payload(2, 2000))
    await hold.reached
    await clock.advance(100)
    hold.release()
    await appended
    expect(log.stats()).toMatchObject({ rotations: 1 })
    expect(log.stats().saturation).toBeCloseTo(1 / 2, 9)
    await log.close()
  })
})
