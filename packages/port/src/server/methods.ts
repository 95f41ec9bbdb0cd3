import { createCheckpointPublisher } from '@varve/checkpoint'
import { VarveError } from '@varve/codec'
import type { BatchEntry, Log, ReadRange, TailOptions } from '@varve/segments'
import { batchBytesMax } from '../limits.ts'
import { countOf, type Fields } from '../wire/check.ts'
import { encodeError } from '../wire/errors.ts'
import type { Peer, Reply } from '../wire/peer.ts'
import { PayloadWalk, putAll, recordRows, rowsOf } from '../wire/table.ts'
import { publishState } from './publishing.ts'
import type { Recoveries } from './recovering.ts'
import type { ServedIterators } from './served-iterators.ts'

/** What the calls of one client work on. */
export interface Served {
  readonly log: Log
  readonly peer: Peer
  readonly iterators: ServedIterators
  readonly recoveries: Recoveries
}

/** Does one call, and says what its answer is. What the log checks itself of `args` is passed on as it is. */
export type Method = (served: Served, args: Fields, bytes: Uint8Array<ArrayBuffer>) => Promise<Reply>

const nothing: Reply = () => undefined

/** Calls that change the log, or wait for changes. Those of one client are begun in the order in which it made them. */
export const writes: Readonly<Record<string, Method>> = {
  flush: ({ log }) => log.flush().then(() => nothing),
  sync: ({ log }) => log.sync().then(() => nothing),
  archive: ({ log }, { before }) => log.archive(before as number).then(() => nothing),
  reclaim: ({ log }, { before }) => log.reclaim(before as number | undefined).then((report) => () => report),
  checkpoint: ({ log, peer }, args) => publishState(log, peer, args).then((report) => () => report),
}

/** Calls that read. They do not wait for those that write. */
export const reads: Readonly<Record<string, Method>> = {
  get: async ({ log }, { sequence }) => {
    const record = await log.get(sequence as number)
    const records = record === undefined ? [] : [record]
    return (put) => ({ rows: recordRows(records), at: putAll(put, records) })
  },
  begin: ({ log, iterators }, { id, kind, options }) => {
    iterators.begin(countOf(id, 'an iterator of number'), () =>
      kind === 'tail' ? log.tail(options as TailOptions) : log.read(options as ReadRange),
    )
    return Promise.resolve(nothing)
  },
  recover: ({ recoveries }, { of }) =>
    recoveries.recover(countOf(of, 'a recovery of number')).then((report) => () => report),
  checkpoints: ({ log }) => Promise.resolve(() => createCheckpointPublisher(log).list()),
  // What an observer has thrown may be anything.
  stats: ({ log }) => {
    const stats = log.stats()
    return Promise.resolve(() => ({ ...stats, observerFailure: encodeError(stats.observerFailure) }))
  },
  // The index of an active segment may be long, and means nothing but to a reader of its file.
  segments: ({ log }) =>
    Promise.resolve(() => log.segments.map((segment) => ({ ...segment, sparseIndex: undefined }))),
}

/** Calls that belong to something that was begun and counted before. */
export const followUps: Readonly<Record<string, Method>> = {
  next: async ({ iterators }, { id, maxBytes }) => {
    const wanted = Math.min(countOf(maxBytes, 'a window of'), batchBytesMax)
    const { records, isLast } = await iterators.next(countOf(id, 'an iterator of number'), wanted)
    return (put) => ({ rows: recordRows(records), at: putAll(put, records), isLast })
  },
  end: ({ iterators }, { id }) => iterators.close(countOf(id, 'an iterator of number')).then(() => nothing),
  chunk: async ({ recoveries }, { of }) => {
    const payload = await recoveries.chunk(countOf(of, 'a recovery of number'))
    return payload === undefined ? nothing : (put) => ({ at: put(payload), length: payload.length })
  },
}

/** Numbers of one entry of a batch: length of its payload, type, timestamp (NaN for none). */
const entryWidth = 3

/** The entries of a batch. */
export function entriesOf({ rows, at }: Fields, bytes: Uint8Array<ArrayBuffer>): BatchEntry[] {
  const numbers = rowsOf(rows, entryWidth, 'a batch')
  const walk = new PayloadWalk(bytes, countOf(at, 'payloads at'))
  const entries: BatchEntry[] = []
  for (let row = 0; row < numbers.length; row += entryWidth) {
    entries.push(entryOf(walk.take(numbers[row]), numbers[row + 1]!, numbers[row + 2]!))
  }
  return entries
}

/** The log checks type and timestamp. */
export function entryOf(payload: Uint8Array, type: number, timestamp: number): BatchEntry {
  return Number.isNaN(timestamp) ? { payload, type } : { payload, type, timestamp }
}

export function unknownMethod(method: string): VarveError {
  const message = `this side of the port has no call '${method.slice(0, 40)}'; use the same version on both sides`
  return new VarveError('UNSUPPORTED', message)
}
