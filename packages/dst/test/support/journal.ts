import { VarveError } from '@varve/codec'
import { io, type LogFile, type LogStorage, type MaybePromise, type Procedure } from '@varve/storage'
import { Violation, type Ledger, type System, type World } from '../../src/index.ts'

/** The ways in which the journal may be wrong. */
export type Mistake =
  | 'acknowledges without a sync'
  | 'does not sync names'
  | 'shows what it has not synced'
  | 'tries a failed sync again'
  | 'leaves files open'
  | 'throws something else'
  | 'asks chance'
  | 'waits for ever'
  | 'says corrupt for no reason'
  | 'reads anything'

/** What a journal owes: how many bytes it has, at least. */
export class CountLedger implements Ledger {
  attempted = 0
  acknowledged = 0
  betrayed = false

  clone(): this {
    const copy = new CountLedger()
    copy.attempted = this.attempted
    copy.acknowledged = this.acknowledged
    copy.betrayed = this.betrayed
    return copy as this
  }

  get digest(): string {
    return `${this.attempted} ${this.acknowledged} ${this.betrayed}`
  }

  losePower(): void {}
  betray(): void { this.betrayed = true }
  settleNames(): void {}
}

export interface Journal {
  readonly file: LogFile
  count: number
}

/**
 * The smallest thing that can be simulated: a file of ones, one byte an append. It holds as long as no operation
 * fails, and has every mistake that it is told to have.
 */
export function journal(mistake?: Mistake): System<Journal, CountLedger> {
  const has = (one: Mistake): boolean => mistake === one
  return {
    ledger: () => new CountLedger(),
    open: (world) => world.runtime.run(openJournal(world.storage, has)),
    check(instance, world, ledger) {
      const { count } = instance
      if (has('says corrupt for no reason')) throw new VarveError('CORRUPT', 'so it says')
      if (count > ledger.attempted) throw new Violation(`${count} bytes of ${ledger.attempted} attempted`)
      const owed = ledger.betrayed ? 0 : ledger.acknowledged
      if (count < owed) throw new Violation(`${count} bytes of ${owed}`)
      ledger.attempted = count
      ledger.acknowledged = count
      world.probe(count === 0 ? 'empty' : 'full')
      world.note(`${count} bytes`)
    },
    workload: (instance, world, ledger) => world.runtime.run(work(instance, world, ledger, has)),
    ...(has('leaves files open') ? { abandon: () => undefined } : { abandon: ({ file }: Journal) => file.close() }),
    tolerates: (_error, world) => world.hasDecayed || world.isBetrayed,
  }
}

function* openJournal(storage: LogStorage, has: (mistake: Mistake) => boolean): Procedure<Journal> {
  yield* io('make names durable', () => storage.syncNames())
  const names = yield* io('list', () => storage.list())
  const isNew = !names.includes('journal')
  const file = yield* io('open', () => storage.open('journal', isNew ? 'create' : 'existing'))
  if (isNew && !has('does not sync names')) yield* io('make the name durable', () => storage.syncNames())
  if (!has('shows what it has not synced')) yield* io('make durable what is shown', () => file.sync())
  const bytes = new Uint8Array(16)
  const read = yield* io('read', () => file.read(bytes, 0))
  const hasHole = bytes.subarray(0, read).some((byte, at) => byte === 1 && bytes[at - 1] === 0)
  if (hasHole && !has('reads anything')) throw new Violation('a hole')
  return { file, count: bytes.indexOf(0) }
}

function* work(
  instance: Journal,
  world: World,
  ledger: CountLedger,
  has: (mistake: Mistake) => boolean,
): Procedure<void> {
  const { file } = instance
  if (has('throws something else')) throw new TypeError('oh')
  if (has('asks chance') && Math.random() < 0.5) yield* io('read', () => file.size())
  for (let left = world.stepsMax; left > 0 && instance.count < 16; left -= 1) {
    const step = world.choose(3)
    if (step === 0) break
    if (step === 2) world.settleNames()
    ledger.attempted += 1
    yield* io('write', () => file.write(Uint8Array.of(1), instance.count))
    instance.count += 1
    yield* sync(file, has)
    ledger.acknowledged = instance.count
  }
  if (has('waits for ever')) yield* world.runtime.gate().wait()
  if (world.stepsMax === 0 || world.choose(2) === 0) return
  yield* io('close', () => file.close())
  world.shutDown()
}

function* sync(file: LogFile, has: (mistake: Mistake) => boolean): Procedure<void> {
  if (has('acknowledges without a sync')) return
  try {
    yield* io('sync', () => file.sync())
  } catch (error) {
    if (!has('tries a failed sync again')) throw error
    yield* io('sync again', (): MaybePromise<void> => file.sync())
  }
}
