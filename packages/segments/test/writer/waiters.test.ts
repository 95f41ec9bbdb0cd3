import { describe, expect, it } from 'vitest'
import { openLog } from '../../src/index.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { isDurableCall } from '../support/log-intercept.ts'
import { failure, watch } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'
import { Waiters } from '../../src/write/waiters.ts'

const count = 5000

describe('a pipeline that never runs dry', () => {
  it('resolves everyone, in order, each with its own number', async () => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, segmentBytes: 8_388_608 })
    const order: number[] = []
    const appended: Promise<unknown>[] = []
    for (let round = 0; round < 3; round += 1) {
      const hold = disk.hold(isDurableCall)
      for (let n = 0; n < count; n += 1) {
        appended.push(log.append(payload(n, 8)).then((sequence) => order.push(sequence)))
      }
      await hold.reached
      // While this commit is under way, those of the next one queue behind its waiters.
      for (let n = 0; n < count; n += 1) {
        appended.push(log.append(payload(n, 8)).then((sequence) => order.push(sequence)))
      }
      hold.release()
    }
    await Promise.all(appended)
    expect(order).toEqual(Array.from({ length: 6 * count }, (_, at) => at + 1))
    await log.close()
  })

  it('that is poisoned rejects everyone who has not been resolved', async () => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, segmentBytes: 8_388_608 })
    const hold = disk.hold(isDurableCall)
    const first = Array.from({ length: count }, (_, n) => watch(log.append(payload(n, 8))))
    await hold.reached
    const second = Array.from({ length: count }, (_, n) => watch(log.append(payload(n, 8))))
    disk.fail((operation) => isDurableCall(operation) && operation !== disk.of(isDurableCall)[0], new Error('no'))
    hold.release()
    const told = await log.failed
    await failure('POISONED', () => log.append(payload(1)))
    expect(new Set(first.map(({ state }) => state))).toEqual(new Set(['resolved']))
    expect(new Set(second.map(({ error }) => error))).toEqual(new Set([told]))
    await log.close()
  })
})

describe('places of waiters', () => {
  it.each([1, 5000, 70_000])('are used again, whether %d come at once or one by one', (crowd) => {
    const waiters = new Waiters()
    const told: number[] = []
    const failed: unknown[] = []
    let last = 0
    const add = (many: number): void => {
      for (let n = 0; n < many; n += 1) {
        last += 1
        waiters.add(last, (sequence) => told.push(sequence), (error) => failed.push(error))
      }
    }
    for (let round = 0; round < 3; round += 1) {
      add(crowd)
      // Nobody is told before its turn, and who waits for more stays, in front of who comes meanwhile.
      waiters.reached(last - 1)
      expect(told.length).toBe(last - 1)
      add(3)
      waiters.reached(last - 2)
      waiters.reached(last - 2)
      expect(told.length).toBe(last - 2)
      waiters.reached(last)
    }
    expect(told).toEqual(Array.from({ length: last }, (_, at) => at + 1))
    add(2)
    waiters.reached(last - 1)
    waiters.failed('over')
    waiters.failed('once more')
    waiters.reached(last)
    expect([told.length, failed]).toEqual([last - 1, ['over']])
  })
})
