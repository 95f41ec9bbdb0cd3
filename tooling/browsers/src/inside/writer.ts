// Appends to a log on OPFS until it is ended or fails, and tells every acknowledgement. Orders: see `scenarios/`.
import { isVarveError } from '@varve/codec'
import { explain } from '@varve/portable-tests/run'
import { openLog, type Log } from '@varve/segments'
import { opfsStorage } from '@varve/storage-opfs'
import { orders, type Orders } from './orders.ts'
import { payloadOf } from './payloads.ts'
import { tell } from './tell.ts'

/** What a writer is told to do. */
export interface WriterOrders {
  readonly directory: string
  readonly durability: 'sync' | 'group'
  readonly segmentBytes: number
  /** Of one record, beside its header of 8. */
  readonly bytesMax: number
  /** Told apart from those of other writers by numbers from `firstProducer` on. */
  readonly producers: number
  readonly firstProducer: number
  readonly waitMs: number
}

const told = orders() as Orders & WriterOrders
const { directory, durability, segmentBytes, bytesMax, producers, firstProducer, waitMs } = told

async function produce(log: Log, producer: number): Promise<void> {
  for (let n = 1; ; n += 1) {
    const sequence = await log.append(payloadOf(producer, n, bytesMax))
    tell('acknowledged', [sequence, producer, n])
  }
}

/** The first code on the way down the causes that is not that of a log which no longer works. */
function reasonOf(error: unknown): string {
  if (isVarveError(error, 'POISONED') && error.cause !== undefined) return reasonOf(error.cause)
  return isVarveError(error) ? error.code : explain(error)
}

try {
  const log = await openLog({ storage: opfsStorage({ directory, waitMs }), durability, segmentBytes })
  tell('opened', log.recovery.row ?? 'created')
  await Promise.all(Array.from({ length: producers }, (_, at) => produce(log, firstProducer + at)))
} catch (error) {
  tell('refused', reasonOf(error))
}
