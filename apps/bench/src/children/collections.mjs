// Counts garbage collections while records are taken: in a process of its own, in which nothing else makes garbage.
// Plain JavaScript, as children/memory.mjs. What it is told and tells: orders.ts.
import { PerformanceObserver } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { isVarveError, memoryStorage, openLog } from 'varve'

const { records, calls } = JSON.parse(process.argv[2])
const payload = new Uint8Array(256).fill(7)
/** Until the code is compiled, and the buffers are there. */
const warmUp = 100_000

/** Keeps the first writes, which are headers, and discards what comes behind them. */
function discarding(storage) {
  return {
    capabilities: storage.capabilities,
    list: () => storage.list(),
    lock: () => storage.lock(),
    syncNames: () => storage.syncNames(),
    rename: (from, to) => storage.rename(from, to),
    remove: (name) => storage.remove(name),
    close: () => storage.close(),
    async open(name, mode) {
      const file = await storage.open(name, mode)
      return {
        size: () => file.size(),
        read: (target, position) => file.read(target, position),
        write: (source, position) => (position < 65_536 ? file.write(source, position) : undefined),
        sync: () => undefined,
        resize: (size) => file.resize(size),
        close: () => file.close(),
      }
    },
  }
}

async function enqueue(log, many) {
  for (let done = 0; done < many; ) {
    try {
      log.enqueue(payload)
      done += 1
    } catch (error) {
      if (!isVarveError(error, 'BACKPRESSURE')) throw error
      await log.flush()
    }
  }
  await log.flush()
}

async function append(log, many) {
  for (let done = 0; done < many; done += 1000) {
    await Promise.all(Array.from({ length: 1000 }, () => log.append(payload)))
  }
}

async function run() {
  if (!PerformanceObserver.supportedEntryTypes.includes('gc')) return { collections: undefined, ms: 0, pausedMs: 0 }
  const log = await openLog({
    storage: discarding(memoryStorage()),
    durability: 'async',
    async: { maxUnsyncedBytes: 2 ** 40, maxUnsyncedMs: 3_600_000 },
    segmentBytes: 2 ** 34,
  })
  const work = calls === 'enqueue' ? enqueue : append
  await work(log, warmUp)
  await sleep(10)
  let collections = 0
  let pausedMs = 0
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      collections += 1
      pausedMs += duration
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  const began = performance.now()
  await work(log, records)
  const ms = performance.now() - began
  await sleep(50)
  observer.disconnect()
  await log.close()
  return { collections, ms, pausedMs }
}

process.stdout.write(JSON.stringify(await run()))
