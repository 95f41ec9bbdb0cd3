import { describe, expect, it } from 'vitest'
import {
  isVarveError,
  nodeStorage,
  openLog,
  type Durability,
  type LogStorage,
  type OpenOptions,
} from '../src/node.ts'
import { payloadOf, unitAt, whatIsWrong } from './support/history.ts'
import { smallDisks, type SmallDisk, type SmallDiskMaker } from './support/small-disk.ts'

const KiB = 1024
const options: OpenOptions = {
  segmentBytes: 16 * KiB,
  blockBytes: 512,
  stagingBytes: 8 * KiB,
  group: { maxDelayMs: 0 },
}
/** One page after the other, so that the disk is full in a record, in a reservation, in a seal, in a birth. */
const diskSizes = Array.from({ length: 14 }, (_, at) => (36 + 4 * at) * KiB)
const modes: readonly Durability[] = ['sync', 'group', 'async']

function storageOn({ directory, fs }: SmallDisk): LogStorage {
  return nodeStorage(directory, fs === undefined ? {} : { fs })
}

interface Filled {
  readonly acknowledged: number
  /** What ended it. */
  readonly error: unknown
}

/** Appends until the disk is full. Close resolves: every record was awaited. */
async function fill(disk: SmallDisk, durability: Durability): Promise<Filled> {
  const storage = storageOn(disk)
  const log = await openLog({ storage, durability, ...options })
  let acknowledged = 0
  try {
    for (;;) {
      const first = acknowledged + 1
      const batch = Array.from({ length: unitAt(first) }, (_, at) => payloadOf(first + at))
      acknowledged = (await log.appendBatch(batch)).last
    }
  } catch (error) {
    await expect(log.append(payloadOf(1))).rejects.toMatchObject({ code: 'POISONED' })
    await log.close()
    return { acknowledged, error }
  } finally {
    await storage.close()
  }
}

/** Opens for reading or for writing on the full disk. Undefined if all is well, or refused for want of space. */
async function lookAt(disk: SmallDisk, readOnly: boolean, acknowledged: number): Promise<string | undefined> {
  const storage = storageOn(disk)
  try {
    const log = await openLog({ storage, readOnly, visibility: 'written', verify: 'all', ...options })
    const wrong = await whatIsWrong(log, acknowledged)
    await log.close()
    return wrong
  } catch (error) {
    if (!readOnly && isVarveError(error, 'NO_SPACE')) return undefined
    return String(error)
  } finally {
    await storage.close()
  }
}

/** Fills a disk, then looks at it full, then with room. Everything that is not as it must be. */
async function problems(make: SmallDiskMaker, bytes: number, durability: Durability): Promise<string[]> {
  const disk = make(bytes)
  const { acknowledged, error } = await fill(disk, durability)
  const isPoisoned = isVarveError(error, 'POISONED') && isVarveError(error.cause, 'NO_SPACE')
  const findings = {
    ended: isPoisoned ? undefined : String(error),
    empty: acknowledged > 0 ? undefined : 'not one record fitted',
    'read while full': await lookAt(disk, true, acknowledged),
    'written while full': await lookAt(disk, false, acknowledged),
    'read after that': await lookAt(disk, true, acknowledged),
  }
  disk.makeRoom()
  const later = {
    'opened with room': await lookAt(disk, false, acknowledged),
    'opened once more': await lookAt(disk, false, acknowledged),
    'appended with room': await appendOne(disk),
  }
  return Object.entries({ ...findings, ...later }).flatMap(([when, problem]) =>
    problem === undefined ? [] : [`${bytes / KiB} KiB, ${when}: ${problem}`],
  )
}

async function appendOne(disk: SmallDisk): Promise<string | undefined> {
  const storage = storageOn(disk)
  const log = await openLog({ storage, ...options })
  const sequence = log.lastSequence + 1
  const batch = Array.from({ length: unitAt(sequence) }, (_, at) => payloadOf(sequence + at))
  const { last } = await log.appendBatch(batch)
  const wrong = await whatIsWrong(log, last)
  await log.close()
  await storage.close()
  return wrong
}

describe.each(smallDisks())('a full disk (%s)', (_kind, make) => {
  it.each(modes)('poisons the log in %s mode and loses nothing; with room it goes on', async (durability) => {
    const found: string[] = []
    for (const bytes of diskSizes) found.push(...(await problems(make, bytes, durability)))
    expect(found).toEqual([])
  })

  it('has no room for a new log: refused, and there is none', async () => {
    // Room for the lock, and for nothing else.
    const disk = make(4 * KiB)
    const storage = storageOn(disk)
    await expect(openLog({ storage, ...options })).rejects.toMatchObject({ code: 'NO_SPACE' })
    disk.makeRoom()
    const log = await openLog({ storage, ...options })
    expect(log.recovery).toMatchObject({ created: true, lastSequence: 0 })
    await log.close()
  })
})
