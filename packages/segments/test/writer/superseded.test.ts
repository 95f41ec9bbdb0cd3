import { isVarveError } from '@varve/codec'
import { Disk, SimulatedStorage } from '@varve/dst'
import { describe, expect, it } from 'vitest'
import { openLogSync, type SynchronousLog } from '../../src/index.ts'
import { payload, readAllSync } from '../support/log-records.ts'

function open(disk: Disk, takesOver = false): SynchronousLog {
  return openLogSync({ storage: new SimulatedStorage(disk, { takesOver }), segmentBytes: 4096, blockBytes: 128 })
}

describe('a writer that was taken for dead and wakes up', () => {
  it('does not give birth to a segment beside that of its successor, but says that it lost the lock', () => {
    const disk = new Disk()
    const sleeper = open(disk)
    sleeper.appendSync(payload(1, 100))
    const successor = open(disk, true)
    successor.appendSync(payload(2, 100))
    // Behind the cut of an old segment, to no effect.
    sleeper.appendSync(payload(3, 100))
    const rotate = (): void => { for (let at = 0; at < 10; at += 1) sleeper.appendSync(payload(4, 900)) }
    expect(rotate).toThrow(/another writer has taken over, so this one has lost the lock/)
    try {
      sleeper.appendSync(payload(5, 10))
    } catch (error) {
      expect(isVarveError(error, 'POISONED') && isVarveError(error.cause, 'LOCKED')).toBe(true)
    }
    successor.appendSync(payload(6, 100))
    expect(readAllSync(open(disk, true))).toHaveLength(3)
  })
})
