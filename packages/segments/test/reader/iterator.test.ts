import { describe, expect, it } from 'vitest'
import { failure, watch } from '../support/log-promises.ts'
import { logOf } from '../support/log-retention.ts'

describe('an iterator of records', () => {
  it('that is given up with calls under way waits for all of them, and leaves no file open', async () => {
    const { disk, log } = await logOf(3)
    const before = disk.openFiles
    const records = log.read()
    const hold = disk.hold('read')
    const first = records.next()
    await hold.reached
    const second = watch(records.next())
    const left = records.return?.()
    const open = disk.hold(({ kind, detail }) => kind === 'open' && detail === 'read')
    hold.release()
    await first
    await open.reached
    open.release()
    expect(await left).toEqual({ done: true, value: undefined })
    expect(second.state).toBe('resolved')
    expect(disk.openFiles).toEqual(before)
    expect((await records.next()).done).toBe(true)
    await log.close()
    expect(disk.openFiles).toEqual([])
  })

  it('says what failed, and not that it could not give its file back either', async () => {
    const { disk, log } = await logOf(1)
    disk.fail('read', new Error('bad sector'))
    disk.fail('close', new Error('no'))
    const error = await failure('IO', () => log.read().next())
    expect(error.message).toContain('bad sector')
    await log.close()
  })
})
