// A process that appends its history to a log and says on standard output, before and after, what it does: nothing
// that it knows stays in it when it is killed.
import { writeSync } from 'node:fs'
import * as modules from 'node:module'
import { isVarveError } from '@varve/codec'
import { openLog, openLogSync, type LogOptions } from '@varve/segments'
import { nodeStorage } from '@varve/storage-node'
import { earlyMs, lyingStorage } from './lying-storage.ts'
import type { WriterMessage, WriterOrders } from './messages.ts'
import { Producers } from './producers.ts'
import { payloadOf, unitAt } from './history.ts'

const orders = JSON.parse(process.argv[2] ?? '{}') as WriterOrders
const { directory, durability, synchronous, lie, records } = orders

/** Synchronous: it has left this process before anything else happens. */
function say(message: WriterMessage): void {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`)
  for (let sent = 0; sent < bytes.length; ) sent += writeSync(1, bytes, sent)
}

function sayFailed(doing: string, error: unknown): void {
  const known = isVarveError(error)
  const cause: unknown = known ? error.cause : undefined
  say({
    kind: 'failed',
    doing,
    code: known ? error.code : undefined,
    causeCode: isVarveError(cause) ? cause.code : undefined,
    message: error instanceof Error ? error.message : String(error),
  })
}

function options(): LogOptions {
  const { segmentBytes, blockBytes } = orders
  return {
    storage: lyingStorage(nodeStorage(directory, { synchronous }), lie),
    durability,
    segmentBytes,
    blockBytes,
    stagingBytes: 8192,
    readBytes: 16_384,
    // Small, so that power loss finds some records synced and some not.
    async: { maxUnsyncedMs: 20, maxUnsyncedBytes: 256 * 1024 },
    ownsStorage: true,
  }
}

/** Saves what was compiled on the way, for the writers after this one: this one will be killed. */
function opened(lastSequence: number, row: string | undefined): void {
  say({ kind: 'opened', lastSequence, row })
  // Not every runtime has such a cache.
  if ('flushCompileCache' in modules) modules.flushCompileCache()
}

/** Appends through the asynchronous face. The pending appends keep the process alive; an idle one waits by a timer. */
async function write(): Promise<void> {
  const log = await openLog(options())
  opened(log.lastSequence, log.recovery.row)
  // Whatever poisons it, also when nobody waits for an answer.
  void log.failed.then((error) => { sayFailed('log', error) })
  if (records === 0) {
    setInterval(() => {}, 1000)
    return
  }
  await new Producers(log, orders, say, sayFailed).run()
  await log.close().then(() => { say({ kind: 'closed' }) }, (error: unknown) => { sayFailed('close', error) })
}

/** The same, one append at a time, without an event loop. */
function writeSynchronously(): void {
  const log = openLogSync(options())
  opened(log.lastSequence, log.recovery.row)
  const end = records === undefined ? Number.MAX_SAFE_INTEGER : log.lastSequence + records
  let doing = 'append'
  try {
    for (let units = 1; log.lastSequence < end; units += 1) {
      const first = log.lastSequence + 1
      const batch = Array.from({ length: unitAt(first) }, (_, at) => {
        return { payload: payloadOf(orders, first + at), type: orders.life, timestamp: first + at }
      })
      const through = first + batch.length - 1
      say({ kind: 'attempted', through })
      if (lie === 'acknowledges-early') {
        say({ kind: 'acknowledged', through })
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, earlyMs)
      }
      log.appendBatchSync(batch)
      if (lie !== 'acknowledges-early') say({ kind: 'acknowledged', through })
      if (units % 16 > 0) continue
      doing = 'sync'
      log.syncSync()
      say({ kind: 'covered', through })
      doing = 'append'
    }
  } catch (error) {
    sayFailed(doing, error)
  }
  try {
    log.closeSync()
    say({ kind: 'closed' })
  } catch (error) {
    sayFailed('close', error)
  }
}

// Ctrl-C reaches the whole process group; how this process ends is for its parent to decide.
process.on('SIGINT', () => {})

try {
  if (synchronous) writeSynchronously()
  else await write()
} catch (error) {
  sayFailed('open', error)
}
