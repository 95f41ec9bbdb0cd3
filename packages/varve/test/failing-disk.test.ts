import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NodeFs } from '@varve/storage-node'
import { describe, expect, it } from 'vitest'
import { isVarveError, nodeStorage, openLog, type RecoveryReport } from '../src/node.ts'
import { errno, failingFs, type Fault, type FsCall } from './support/failing-fs.ts'
import { payloadOf, whatIsWrong } from './support/history.ts'
import { temporaryDirectory } from './support/temporary.ts'
import {
  appendAsynchronously,
  appendSynchronously,
  smallSegments,
  type Course,
  type Workload,
} from './support/workload.ts'

interface Run extends Course {
  /** What was wrong with the log when it was opened again on a disk that works. */
  readonly wrong: string | undefined
  readonly recovery: RecoveryReport | undefined
}

const faces: readonly (readonly [string, boolean, Workload])[] = [
  ['append', false, appendAsynchronously],
  ['appendSync', true, appendSynchronously],
]

/**
 * Runs a workload on a disk with faults, then opens the log without. A disk that refuses to note that the lock was
 * given back keeps it until the process ends, and the workload hears of it; nothing else may leave it locked.
 */
async function run(synchronous: boolean, workload: Workload, fault: Fault, mayStayLocked: boolean): Promise<Run> {
  const directory = temporaryDirectory('fast')
  const course = await workload(nodeStorage(directory, { synchronous, fs: failingFs(fault) }))
  if (mayStayLocked || course.failures.includes('close: IO')) endHolder(directory)
  try {
    const log = await openLog(directory, { ...smallSegments, verify: 'all' })
    const wrong = await whatIsWrong(log, course.acknowledged)
    await log.close()
    return { ...course, wrong, recovery: log.recovery }
  } catch (error) {
    return { ...course, wrong: `open: ${String(error)}`, recovery: undefined }
  }
}

function endHolder(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (name.startsWith('lock-')) writeFileSync(join(directory, name), 'released')
  }
}

/** The calls of a workload on a disk that works. */
async function callsOf(synchronous: boolean, workload: Workload): Promise<FsCall[]> {
  const calls: FsCall[] = []
  const { failures, recovery } = await run(synchronous, workload, (call) => {
    calls.push(call)
    return undefined
  }, false)
  expect(failures).toEqual([])
  expect(recovery?.segments).toBeGreaterThan(1)
  return calls
}

/** Runs the workload once for each of its calls, which fails, `forGood` with all of its kind after it. */
async function problems(synchronous: boolean, workload: Workload, forGood: boolean): Promise<string[]> {
  const found: string[] = []
  for (const call of await callsOf(synchronous, workload)) {
    const fault: Fault = ({ number, method }) =>
      number === call.number || (forGood && number > call.number && method === call.method) ? errno('EIO') : undefined
    const { wrong, broken, failures } = await run(synchronous, workload, fault, forGood)
    const place = `${call.number} ${call.method} ${String(call.target)} [${failures.join()}]`
    found.push(...broken.map((problem) => `${place}: ${problem}`))
    if (wrong !== undefined) found.push(`${place}: ${wrong}`)
  }
  return found
}

describe.each(faces)('whichever call of the file system fails, by %s,', (_face, synchronous, workload) => {
  it('nothing acknowledged is lost, and nothing is acknowledged afterwards', async () => {
    expect(await problems(synchronous, workload, false)).toEqual([])
  })

  it('and all of its kind after it, likewise', async () => {
    expect(await problems(synchronous, workload, true)).toEqual([])
  })
})

/** A disk that can no longer make anything durable while it is broken. */
function breakableDisk(): { isBroken: boolean; readonly fs: NodeFs } {
  const needed: ReadonlySet<string> = new Set(['fdatasync', 'fsync', 'write'])
  const fault: Fault = ({ method }) => (disk.isBroken && needed.has(method) ? errno('EIO') : undefined)
  const disk = { isBroken: false, fs: failingFs(fault) }
  return disk
}

describe('a sync that fails', () => {
  it('poisons the log: what waits is POISONED with the cause, and so is all that follows', async () => {
    const directory = temporaryDirectory()
    const disk = breakableDisk()
    const log = await openLog({ storage: nodeStorage(directory, { fs: disk.fs }), durability: 'group' })
    await log.append(payloadOf(1))
    disk.isBroken = true
    const pending = await Promise.allSettled([log.append(payloadOf(2)), log.append(payloadOf(3)), log.sync()])
    disk.isBroken = false
    for (const outcome of pending) {
      expect(outcome.status === 'rejected' && isVarveError(outcome.reason, 'POISONED')).toBe(true)
    }
    const failure = await log.failed
    expect(failure.code).toBe('POISONED')
    expect(isVarveError(failure.cause, 'IO') && failure.cause.context.errno).toBe('EIO')
    await expect(log.append(payloadOf(4))).rejects.toMatchObject({ code: 'POISONED' })
    await expect(log.sync()).rejects.toMatchObject({ code: 'POISONED' })
    expect(log.durableSequence).toBe(1)
    await log.close()

    const again = await openLog(directory, { verify: 'all' })
    expect(again.recovery.cleanShutdown).toBe(false)
    expect(again.segments.map(({ state }) => state)).toEqual(['cut', 'active'])
    expect(await whatIsWrong(again, 1)).toBeUndefined()
    const next = again.lastSequence + 1
    expect(await again.append(payloadOf(next))).toBe(next)
    await again.close()
  })

  it('is told by close when records were lost that nobody waited for', async () => {
    const disk = breakableDisk()
    const directory = temporaryDirectory()
    const log = await openLog({ storage: nodeStorage(directory, { fs: disk.fs }) })
    log.enqueue(payloadOf(1))
    disk.isBroken = true
    await expect(log.close()).rejects.toMatchObject({ code: 'POISONED' })
    disk.isBroken = false
    // The lock was given back all the same.
    await (await openLog(directory)).close()
  })
})
