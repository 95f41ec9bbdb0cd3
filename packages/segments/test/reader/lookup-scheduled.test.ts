import { seededRandom, type Random } from '@varve/dst'
import { scheduledRuntime, type Procedure } from '@varve/storage'
import { expect, it } from 'vitest'
import { settle } from '../../src/api/options.ts'
import { closeSession, openSession, type Session } from '../../src/api/session.ts'
import { Log, type LogRecord } from '../../src/index.ts'
import { getRecord } from '../../src/read/records.ts'
import type { LogView } from '../../src/read/view.ts'
import { smallLog } from '../support/crash-life.ts'
import { inSteps } from '../support/crash-scheduled.ts'
import { CrashStorage } from '../support/crash-storage.ts'
import { payload } from '../support/log-records.ts'

const records = 30
const bytes = (n: number): Uint8Array<ArrayBuffer> => payload(n, 300 + n)

/** A get that was begun, and how it ended. */
interface Got {
  readonly number: number
  record?: LogRecord | undefined
  error?: unknown
}

function* look(view: LogView, got: Got): Procedure<void> {
  try {
    got.record = yield* getRecord(view, got.number)
  } catch (error) {
    got.error = error
  }
}

/** What a get came to: the record that was appended, or that it is gone; anything else is wrong. */
function outcomeOf({ number, record, error }: Got, floor: number): 'found' | 'reclaimed' | 'not yet' {
  if (error !== undefined) {
    expect([error, number < floor]).toMatchObject([{ code: 'RECLAIMED' }, true])
    return 'reclaimed'
  }
  if (record === undefined) return 'not yet'
  expect([record.sequence, record.payload]).toEqual([number, bytes(number)])
  return 'found'
}

/** Gets that are under way together, each operation of the storage a step, in an order that the seed draws. */
function lookTogether(random: Random): Set<string> {
  const runtime = scheduledRuntime({
    choose: (ways) => random.below(ways),
    random: (target) => { random.fill(target) },
  })
  const disk = new CrashStorage()
  const storage = inSteps(disk, runtime)
  const settings = settle({ ...smallLog, storage, runtime, recycle: random.below(2) === 0 }, runtime)
  const session = runtime.run(openSession(settings)) as Session
  const log = new Log(session)
  const append = (n: number): void => { void log.append(bytes(n)) }
  const quiet = (): void => { runtime.runUntil(() => false) }
  const gets: Got[] = []
  const some = (): void => {
    for (let n = 0; n < 6; n += 1) {
      const got = { number: 1 + random.below(records + 2) }
      gets.push(got)
      runtime.spawn(look(session.view, got))
    }
    for (let n = random.below(30); n > 0; n -= 1) runtime.step()
  }
  for (let n = 1; n <= records; n += 1) append(n)
  quiet()
  some()
  if (random.below(2) === 0) quiet()
  const floor = 1 + random.below(records)
  append(records + 1)
  some()
  const reclaimed = runtime.spawn(log.procedures.reclaim(floor))
  some()
  append(records + 2)
  runtime.runUntil(() => reclaimed.settled)
  expect(log.firstSequence).toBe(floor)
  some()
  const closed = runtime.spawn(closeSession(session))
  quiet()
  expect(closed.settled).toBe(true)
  expect(disk.openFiles.size).toBe(0)
  return new Set(gets.map((got) => outcomeOf(got, floor)))
}

it('gets at once find their records in every order, beside appends, reclaims and the end of the log', () => {
  const seen = new Set<string>()
  for (let seed = 1; seed <= 200; seed += 1) for (const outcome of lookTogether(seededRandom(seed))) seen.add(outcome)
  expect([...seen].sort()).toEqual(['found', 'not yet', 'reclaimed'])
})
