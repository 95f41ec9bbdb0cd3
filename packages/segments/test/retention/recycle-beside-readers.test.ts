import { nodeStorage } from '@varve/storage-node'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openLog, openLogSync, type LogOptions, type SynchronousLog } from '../../src/index.ts'
import { quiet } from '../support/log-clock.ts'
import { intercept } from '../support/log-intercept.ts'
import { failure, watch } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'
import { geometry, indexesOf } from '../support/log-retention.ts'

/** A log in a directory as two processes have it open. The reader stops in the first segment, once it is told to. */
interface TwoProcesses {
  readonly log: SynchronousLog
  readonly reader: LogOptions
  readonly stop: () => Promise<void>
  readonly goOn: () => void
}

function twoProcesses(): TwoProcesses {
  const directory = mkdtempSync(join(tmpdir(), 'varve-recycle-'))
  onTestFinished(() => { rmSync(directory, { recursive: true }) })
  const log = openLogSync({ storage: nodeStorage(directory, { synchronous: true }), ...geometry, recycle: true })
  for (let n = 1; n <= 4; n += 1) log.appendSync(payload(n, 2600))
  let reached: (() => void) | undefined
  let goOn = (): void => undefined
  const storage = intercept(nodeStorage(directory), ({ kind, name }, perform) => {
    if (reached === undefined || kind !== 'read' || indexesOf([name])[0] !== 1) return perform()
    reached()
    reached = undefined
    return new Promise<void>((resolve) => { goOn = resolve }).then(perform)
  })
  return {
    log,
    reader: { storage, ...geometry, readOnly: true },
    stop: () => new Promise((resolve) => { reached = resolve }),
    goOn: () => { goOn() },
  }
}

it('a reader of another process in a file that is recycled is told RECLAIMED, and gets no wrong record', async () => {
  const { log, reader, stop, goOn } = twoProcesses()
  const other = await openLog(reader)
  const stopped = stop()
  const first = watch(other.read().next())
  await stopped
  expect(indexesOf(log.reclaimSync(2).recycled)).toEqual([1])
  goOn()
  await quiet()
  expect(first.error).toMatchObject({ code: 'RECLAIMED', context: { sequence: 1, floor: 2 } })
  await failure('RECLAIMED', () => other.get(1))
  await other.close()
  log.closeSync()
})

it('a reader in a file that has become another segment is told the same', async () => {
  const { log, reader, stop, goOn } = twoProcesses()
  const other = await openLog(reader)
  const stopped = stop()
  const first = watch(other.read().next())
  await stopped
  log.reclaimSync(2)
  log.appendSync(payload(1, 2600))
  expect(log.stats()).toMatchObject({ rotations: 4, spareMisses: 3 })
  goOn()
  await quiet()
  expect(first.error).toMatchObject({ code: 'RECLAIMED', context: { sequence: 1, floor: 2 } })
  await other.close()
  log.closeSync()
})

it('a reader that opens the log while a file is recycled takes what it finds there for no damage', async () => {
  const { log, reader, stop, goOn } = twoProcesses()
  const stopped = stop()
  const opening = openLog(reader)
  await stopped
  log.reclaimSync(2)
  goOn()
  const other = await opening
  expect(other.recovery.damage).toEqual([])
  expect([other.firstSequence, other.lastSequence]).toEqual([2, 4])
  await other.close()
  log.closeSync()
})
