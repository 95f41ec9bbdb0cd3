// Appends to a log on OPFS until it is ended or fails, and tells every acknowledgement. Orders: see `scenarios/`.
import { isVarveError } from '@varve/codec'
import { explain } from '@varve/portable-tests/run'
import { openLog, type Log } from '@varve/segments'
import { storageAt, type Place } from './adapter.ts'
import { orders, type Orders } from './orders.ts'
import { payloadOf } from './payloads.ts'
import { tell } from './tell.ts'

/** What a writer is told to do. */
export interface WriterOrders extends Place {
  readonly durability: 'sync' | 'group'
  readonly segmentBytes: number
  /** Of one record, beside its header of 8. */
  readonly bytesMax: number
  /** Told apart from those of other writers by numbers from `firstProducer` on. */
  readonly producers: number
  readonly firstProducer: number
  /** Each of its records by which it reclaims all but the last so many; 0: it keeps everything. */
  readonly keep: number
  /** While names are not durable, a producer waits so long between two records. Milliseconds. */
  readonly youngPauseMs: number
}

const told = orders() as Orders & WriterOrders
const { durability, segmentBytes, bytesMax, producers, firstProducer, keep, youngPauseMs } = told

async function produce(log: Log, producer: number, names: () => string): Promise<void> {
  for (let n = 1; ; n += 1) {
    const sequence = await log.append(payloadOf(producer, n, bytesMax))
    tell('acknowledged', [sequence, producer, n])
    if (keep > 0 && n % keep === 0 && sequence > keep) await reclaim(log, sequence - keep)
    if (youngPauseMs > 0 && names() !== 'device') await new Promise((resolve) => { setTimeout(resolve, youngPauseMs) })
  }
}

/** Whoever keeps books hears of it first: what is below may be gone from then on. */
async function reclaim(log: Log, before: number): Promise<void> {
  tell('reclaims', before)
  tell('reclaimed', (await log.reclaim(before)).removed.length)
}

/** The first code on the way down the causes that is not that of a log which no longer works. */
function reasonOf(error: unknown): string {
  if (isVarveError(error, 'POISONED') && error.cause !== undefined) return reasonOf(error.cause)
  return isVarveError(error) ? error.code : explain(error)
}

try {
  const storage = await storageAt(told)
  const log = await openLog({ storage, durability, segmentBytes })
  let known = ''
  const names = (): string => {
    const { names: now } = storage.capabilities
    if (now !== known) tell('names', now)
    known = now
    return now
  }
  names()
  tell('opened', log.recovery.row ?? 'created')
  await Promise.all(Array.from({ length: producers }, (_, at) => produce(log, firstProducer + at, names)))
} catch (error) {
  tell('because', explain(error))
  tell('refused', reasonOf(error))
}
