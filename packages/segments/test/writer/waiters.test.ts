import { describe, expect, it } from 'vitest'
import { openLog } from '../../src/index.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { isDurableCall } from '../support/log-intercept.ts'
import { failure, watch } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'

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
