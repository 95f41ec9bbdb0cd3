import { isVarveError, VarveError } from '@varve/codec'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, type Log, type LogOptions } from '../../src/index.ts'
import { quiet } from '../support/log-clock.ts'
import { ControlledStorage, type ControlledOptions, type Match } from '../support/log-controlled-storage.ts'
import { isWriteCall, type Operation } from '../support/log-intercept.ts'
import { failure, watch, type Watched } from '../support/log-promises.ts'
import { payload, readAll } from '../support/log-records.ts'

const geometry = { segmentBytes: 8192, blockBytes: 128 } as const

interface Opened {
  readonly disk: ControlledStorage
  readonly log: Log
}

async function open(options: Omit<LogOptions, 'storage'> = {}, controlled: ControlledOptions = {}): Promise<Opened> {
  const disk = new ControlledStorage(controlled)
  const log = await openLog({ storage: disk.storage, ...geometry, ...options })
  await log.append(payload(1))
  await quiet()
  disk.operations.length = 0
  return { disk, log }
}

/** Everything that a user may call on a poisoned log to get something in. */
function attempts(log: Log): readonly (() => unknown)[] {
  return [
    () => log.append(payload(9)),
    () => log.appendBatch([payload(9)]),
    () => log.enqueue(payload(9)),
    () => log.flush(),
    () => log.sync(),
  ]
}

async function expectPoisoned(log: Log, cause: unknown): Promise<void> {
  const told = await log.failed
  expect(told.code).toBe('POISONED')
  for (const attempt of attempts(log)) expect(await failure('POISONED', attempt)).toBe(told)
  // The whole chain is there: what failed, while doing what, and what the storage said.
  const chain: unknown[] = []
  for (let at: unknown = told; at instanceof Error; at = at.cause) chain.push(at)
  expect(chain).toContain(cause)
}

const isSpare = ({ name }: Operation): boolean => name.startsWith('spare-')
const isActive = (operation: Operation): boolean => operation.name.endsWith('.varve') && !isSpare(operation)

interface Fault {
  readonly what: string
  readonly match: Match
  readonly without?: ControlledOptions['without']
  readonly segmentBytes?: number
  readonly recordBytes?: number
  /** How often such a call is made; a spare that is prepared fails without consequence, so it makes one more. */
  readonly calls?: number
}

const failing: readonly Fault[] = [
  { what: 'a write', match: 'write', without: ['writeDurable'] },
  { what: 'a durable write', match: 'writeDurable' },
  { what: 'a sync', match: 'sync', without: ['writeDurable'] },
  { what: 'the sync of a SEAL', match: (operation) => operation.kind === 'sync' && isActive(operation) },
  { what: 'a write of the next header', match: (operation) => operation.kind === 'write' && isSpare(operation) },
  { what: 'a sync of the next header', match: (one) => one.kind === 'sync' && isSpare(one), calls: 2 },
  {
    what: 'a reserve',
    match: (operation) => operation.kind === 'reserve' && isActive(operation),
    segmentBytes: 262_144,
    recordBytes: 2000,
  },
  { what: 'a rename', match: 'rename' },
  { what: 'making a name durable', match: 'syncNames' },
  { what: 'opening the next segment', match: ({ kind, detail }) => kind === 'open' && detail === 'existing' },
  { what: 'creating the next segment', match: ({ kind, detail }) => kind === 'open' && detail === 'create', calls: 2 },
  { what: 'closing a sealed segment', match: (operation) => operation.kind === 'close' && isActive(operation) },
  { what: 'a MARK', match: ({ kind, bytes }) => kind === 'write' && bytes === 40 },
]

describe('a failure', () => {
  it.each(failing)('of $what rejects all that is pending or comes, and nothing is tried again', async (fault) => {
    const { match, without = [], segmentBytes = 8192, recordBytes = 200, calls = 1 } = fault
    const { disk, log } = await open({ segmentBytes }, { without })
    const cause = new VarveError('IO', 'the disk is gone')
    disk.failAlways(match, cause)
    const acknowledged: number[] = [1]
    const pending: Watched<number>[] = []
    // One by one, so that every kind of call comes about, up to the first rejection.
    for (let n = 2; n <= 80 && pending.every(({ state }) => state === 'resolved'); n += 1) {
      pending.push(watch(log.append(payload(n, recordBytes)).then((sequence) => acknowledged.push(sequence))))
      await quiet()
    }
    await expectPoisoned(log, cause)
    const made = disk.operations.length
    await quiet()
    expect(disk.operations.length).toBe(made)
    expect(disk.count(match)).toBe(calls)
    await log.close()
    expect(disk.count('release')).toBe(1)
    expect(disk.offences).toEqual([])
    expect(disk.openFiles).toEqual([])
    const again = await openLog({ storage: memoryStorage({ snapshot: disk.snapshot() }), ...geometry })
    const found = (await readAll(again)).map(({ sequence }) => sequence)
    expect(found.slice(0, acknowledged.length)).toEqual(acknowledged)
    await again.append(payload(99))
    await again.close()
  })

  it('of one record rejects every record that was pending, in one commit or the next', async () => {
    const { disk, log } = await open()
    const hold = disk.hold('writeDurable')
    const first = [watch(log.append(payload(2))), watch(log.appendBatch([payload(3), payload(4)]))]
    await hold.reached
    const next = [watch(log.append(payload(5))), watch(log.flush()), watch(log.sync())]
    const cause = new Error('not a VarveError')
    hold.release(cause)
    await quiet()
    const told = await log.failed
    for (const { state, error } of [...first, ...next]) {
      expect(state).toBe('rejected')
      expect(error).toBe(told)
    }
    expect(told.message).toContain('close the log and open it again')
    expect(isVarveError(told.cause, 'IO')).toBe(true)
    await log.close()
  })

  it('for want of space says so in its cause, and everything acknowledged is there after', async () => {
    const { disk, log } = await open()
    disk.fail('writeDurable', new VarveError('NO_SPACE', 'full'))
    const error = await failure('POISONED', () => log.append(payload(2)))
    expect(isVarveError(error.cause, 'NO_SPACE')).toBe(true)
    await log.close()
    const again = await openLog({ storage: disk.storage, ...geometry })
    expect(await readAll(again)).toHaveLength(1)
    expect(await again.append(payload(2))).toBe(2)
    await again.close()
  })

  it('is told to whoever asks for it later, and before, once', async () => {
    const { disk, log } = await open()
    const early = watch(log.failed)
    disk.fail('writeDurable', new Error('first'))
    await failure('POISONED', () => log.append(payload(2)))
    disk.loseLock('second')
    await quiet()
    expect(early.state).toBe('resolved')
    expect(await log.failed).toBe(early.value)
    expect(early.value?.message).toContain('first')
    await log.close()
  })

  it('leaves what was acknowledged readable', async () => {
    const { disk, log } = await open()
    disk.fail('writeDurable', new Error('no'))
    await failure('POISONED', () => log.append(payload(2)))
    expect((await readAll(log)).map(({ sequence }) => sequence)).toEqual([1])
    await log.close()
  })
})

describe('the lock of a poisoned log', () => {
  it('is given back by close, and not before the call that is still under way has come to its end', async () => {
    const { disk, log } = await open()
    const hold = disk.hold('writeDurable')
    const pending = watch(log.append(payload(2)))
    await hold.reached
    disk.loseLock('somebody took it')
    await quiet()
    expect(pending.state).toBe('rejected')
    const closed = watch(log.close())
    await quiet()
    expect(closed.state).toBe('pending')
    expect(disk.count('release')).toBe(0)
    hold.release()
    await quiet()
    expect(closed.state).toBe('resolved')
    const last = disk.operations.slice(-2)
    expect(last.map(({ kind }) => kind)).toEqual(['close', 'release'])
  })

  it('is given back although closing the file fails', async () => {
    const { disk, log } = await open()
    disk.fail('writeDurable', new Error('no'))
    await failure('POISONED', () => log.append(payload(2)))
    disk.failAlways('close', new Error('not even that'))
    await log.close()
    expect(disk.count('release')).toBe(1)
  })

  it('that was lost before the log was open poisons it from the beginning', async () => {
    const disk = new ControlledStorage()
    disk.loseLock('at once')
    const log = await openLog({ storage: disk.storage, ...geometry })
    expect((await log.failed).message).toContain('at once')
    await failure('POISONED', () => log.append(payload(1)))
    await log.close()
    expect(disk.count('release')).toBe(1)
  })

  it('that was lost poisons the log: somebody else may be writing', async () => {
    const { disk, log } = await open()
    disk.loseLock('another process took it')
    const told = await log.failed
    expect(isVarveError(told.cause, 'LOCKED')).toBe(true)
    expect(told.message).toContain('another process took it')
    for (const attempt of attempts(log)) await failure('POISONED', attempt)
    const writes = disk.count(isWriteCall)
    await log.close()
    // Not even a CLOSE.
    expect(disk.count(isWriteCall)).toBe(writes)
  })
})

describe('close of a poisoned log', () => {
  it('resolves when everybody who lost something was told', async () => {
    const { disk, log } = await open()
    disk.fail('writeDurable', new Error('no'))
    await failure('POISONED', () => log.append(payload(2)))
    await expect(log.close()).resolves.toBeUndefined()
  })

  it('rejects when records that nobody awaited were lost', async () => {
    const { disk, log } = await open()
    disk.fail('writeDurable', new Error('no'))
    log.enqueue(payload(2))
    await log.failed
    await failure('POISONED', () => log.close())
    expect(disk.count('release')).toBe(1)
    await failure('POISONED', () => log.close())
    expect(disk.count('release')).toBe(1)
  })

  it('resolves when what nobody awaited had become durable before', async () => {
    const { disk, log } = await open()
    log.enqueue(payload(2))
    await log.sync()
    disk.fail('writeDurable', new Error('no'))
    await failure('POISONED', () => log.append(payload(3)))
    await expect(log.close()).resolves.toBeUndefined()
  })

  it('rejects when its own commit fails and takes along what nobody awaited', async () => {
    const { disk, log } = await open()
    log.enqueue(payload(2))
    disk.fail('writeDurable', new Error('no'))
    await failure('POISONED', () => log.close())
    expect(disk.count('release')).toBe(1)
    expect((await log.failed).code).toBe('POISONED')
  })

  it('resolves although the CLOSE could not be written: nothing is missing without it', async () => {
    const { disk, log } = await open()
    disk.fail(({ kind, bytes }) => kind === 'write' && bytes === 40, new Error('no'))
    await expect(log.close()).resolves.toBeUndefined()
    const again = await openLog({ storage: disk.storage, ...geometry })
    expect(again.recovery.cleanShutdown).toBe(false)
    expect(await readAll(again)).toHaveLength(1)
    await again.close()
  })
})
