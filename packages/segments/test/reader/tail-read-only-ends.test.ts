import { memoryDisk, memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog } from '../../src/index.ts'
import { quiet } from '../support/log-clock.ts'
import { failure, watch } from '../support/log-promises.ts'
import { fill, geometry } from '../support/log-retention.ts'

describe('a tail of a log that another process writes ends', () => {
  it('with ABORTED when its signal says so, whether it waits or not', async () => {
    const disk = memoryDisk()
    const log = await openLog({ storage: memoryStorage({ disk }), ...geometry })
    await fill(log, 2)
    const reader = await openLog({ storage: memoryStorage({ disk }), ...geometry, readOnly: true })
    const controller = new AbortController()
    const { signal } = controller
    const paused = reader.tail({ from: 1, signal })
    await paused.next()
    const waiting = watch(reader.tail({ signal }).next())
    await quiet()
    controller.abort('enough')
    await quiet()
    expect(waiting.error).toMatchObject({ code: 'ABORTED', cause: 'enough' })
    await failure('ABORTED', () => paused.next())
    await reader.close()
    await log.close()
  })

  it('when its log and the storage are closed while there is more to read', async () => {
    const disk = memoryDisk()
    const log = await openLog({ storage: memoryStorage({ disk }), ...geometry })
    await fill(log, 3)
    const storage = memoryStorage({ disk })
    const reader = await openLog({ storage, ...geometry, readOnly: true, ownsStorage: true })
    const tail = reader.tail({ from: 1 })
    expect(await tail.next()).toMatchObject({ value: { sequence: 1 } })
    await reader.close()
    expect(await tail.next()).toEqual({ done: true, value: undefined })
    await log.close()
  })
})
