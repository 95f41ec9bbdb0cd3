// A process that appends the history until it is killed, and tells on standard output what was acknowledged.
import { writeSync } from 'node:fs'
import * as modules from 'node:module'
import { openLog, openLogSync, type OpenOptions, type RecoveryReport } from '../../src/node.ts'
import { payloadOf, unitAt } from './history.ts'
import type { Face, Orders, Told } from './killed-writer.ts'

const { directory, durability, face } = JSON.parse(process.argv[2] ?? '{}') as Orders
const options: OpenOptions = { durability, segmentBytes: 65_536, blockBytes: 512, stagingBytes: 16_384 }

/** Synchronous: what is known to be acknowledged has left this process before anything else happens. */
function tell(told: Told): void {
  writeSync(1, `${JSON.stringify(told)}\n`)
}

/** The log is open. Saves what was compiled on the way, for the writers after this one, which will be killed. */
function tellOpened(recovery: RecoveryReport): void {
  tell({ opened: recovery })
  // Not every runtime has such a cache.
  if ('flushCompileCache' in modules) modules.flushCompileCache()
}

function batchFrom(first: number): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: unitAt(first) }, (_, at) => payloadOf(first + at))
}

/** Many appends under way at any time. */
async function append(): Promise<void> {
  const log = await openLog(directory, options)
  tellOpened(log.recovery)
  let next = log.lastSequence + 1
  const appendForEver = async (): Promise<void> => {
    for (;;) {
      const first = next
      next += unitAt(first)
      const last =
        next - first === 1 ? await log.append(payloadOf(first)) : (await log.appendBatch(batchFrom(first))).last
      tell({ acknowledged: last })
    }
  }
  await Promise.all(Array.from({ length: 40 }, appendForEver))
}

function appendSync(): Promise<void> {
  const log = openLogSync(directory, options)
  tellOpened(log.recovery)
  for (let next = log.lastSequence + 1; ; next += unitAt(next)) {
    const last = unitAt(next) === 1 ? log.appendSync(payloadOf(next)) : log.appendBatchSync(batchFrom(next)).last
    tell({ acknowledged: last })
  }
}

/** Records that nobody waits for, then a fence. */
async function enqueue(fence: 'flush' | 'sync'): Promise<void> {
  const log = await openLog(directory, options)
  tellOpened(log.recovery)
  for (;;) {
    for (let many = 0; many < 30 || unitAt(log.lastSequence + 1) > 1; many += 1) {
      const first = log.lastSequence + 1
      if (unitAt(first) === 1) log.enqueue(payloadOf(first))
      else void log.appendBatch(batchFrom(first))
    }
    const last = log.lastSequence
    await log[fence]()
    tell({ acknowledged: last })
  }
}

const faces: Readonly<Record<Face, () => Promise<void>>> = {
  append,
  appendSync,
  flush: () => enqueue('flush'),
  sync: () => enqueue('sync'),
}

await faces[face]()
