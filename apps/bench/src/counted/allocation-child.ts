// A process of its own for each measurement: what it collects and allocates is that of one kind of work.
import nodeFileSystem from 'node:fs'
import { PerformanceObserver } from 'node:perf_hooks'
import { asynchronousRuntime, synchronousRuntime } from '@varve/storage'
import { nodeStorage } from '@varve/storage-node'
import { openLog, openLogSync, type Log } from 'varve'
import type { AllocationOrders, AllocationResult, AllocationTask } from './allocation-orders.ts'
import { payloadOf, unsynced } from './counted-log.ts'

const { task, directory, warmUp, records } = JSON.parse(process.argv[2] ?? '') as AllocationOrders
const payload = payloadOf(256)
/** No rotation, whatever is written; what is read lies in segments as they usually are. */
const options = isReading(task) ? unsynced : { ...unsynced, segmentBytes: 2 ** 34 }

/** Salts of large words, as half of them are: engines keep those elsewhere than small ones. */
const random = (target: Uint8Array<ArrayBuffer>): void => {
  target.fill(0xa5)
}

let isDiscarding = false

/** `node:fs`, but nothing is written from the moment on when that does not matter any more. */
const fs = {
  ...nodeFileSystem,
  writeSync(fd: number, source: Uint8Array, offset: number, length: number, position: number): number {
    return isDiscarding ? length : nodeFileSystem.writeSync(fd, source, offset, length, position)
  },
  write(
    fd: number,
    source: Uint8Array,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null, count: number) => void,
  ): void {
    if (isDiscarding) setImmediate(done, null, length)
    else nodeFileSystem.write(fd, source, offset, length, position, done)
  },
}

/** Does so many records of the work. */
type Work = (records: number) => void | Promise<void>

/** A little less than what is staged at most, then all of it is written. */
const recordsPerFlush = 3500
const appendsAtOnce = 1000
/** What is made once, such as compiled code, falls into one of them; the least of them is free of it. */
const roundsOfWork = 5

function writing(log: Log): Readonly<Record<'enqueue' | 'append' | 'append-alone', Work>> {
  return {
    async enqueue(many) {
      for (let done = 0; done < many; done += 1) {
        log.enqueue(payload)
        if (done % recordsPerFlush === 0) await log.flush()
      }
    },
    async append(many) {
      for (let done = 1; done <= many; done += 1) {
        const appended = log.append(payload)
        if (done % appendsAtOnce === 0) await appended
      }
    },
    async 'append-alone'(many) {
      for (let done = 0; done < many; done += 1) await log.append(payload)
    },
  }
}

function reading(log: Log): Readonly<Record<'replay' | 'read' | 'get', Work>> {
  let next = 0
  const to = (many: number): number => Math.min(many, log.lastSequence)
  return {
    async replay(many) {
      for (let done = 0; done < many; done += to(many)) await log.replay(() => undefined, { to: to(many) })
    },
    async read(many) {
      for (let done = 0; done < many; ) {
        for await (const { sequence } of log.read({ to: to(many) })) done += Math.sign(sequence)
      }
    },
    async get(many) {
      for (let done = 0; done < many; done += 1) {
        next = (next + 7919) % log.lastSequence
        await log.get(1 + next)
      }
    },
  }
}

function isReading(each: AllocationTask): each is 'replay' | 'read' | 'get' {
  return each === 'replay' || each === 'read' || each === 'get'
}

async function workOf(): Promise<Work> {
  if (task === 'nothing') return () => undefined
  if (task === 'append-sync') {
    const runtime = { ...synchronousRuntime(), random }
    const log = openLogSync({ ...options, runtime, storage: nodeStorage(directory, { fs, synchronous: true }) })
    isDiscarding = true
    return (many) => {
      for (let done = 0; done < many; done += 1) log.appendSync(payload)
    }
  }
  const runtime = { ...asynchronousRuntime(), random }
  const log = await openLog({ ...options, runtime, storage: nodeStorage(directory, { fs }) })
  if (isReading(task)) {
    const batch = Array.from({ length: 1000 }, () => payload)
    for (let done = 0; done < 100; done += 1) await log.appendBatch(batch)
    return reading(log)[task]
  }
  isDiscarding = true
  return writing(log)[task]
}

/** Long enough for what is delivered late: collections that are told of, and timers. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setTimeout(resolve, 10))
}

async function run(): Promise<AllocationResult> {
  const collectedAt: number[] = []
  const observer = new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) collectedAt.push(startTime)
  })
  observer.observe({ entryTypes: ['gc'] })
  const work = await workOf()
  await work(warmUp)
  globalThis.gc?.()
  await settled()
  const began = performance.now()
  const rounds: { readonly heap: number; readonly buffers: number }[] = []
  for (let round = 0; round < roundsOfWork; round += 1) {
    const before = process.memoryUsage()
    await work(records)
    const after = process.memoryUsage()
    rounds.push({ heap: after.heapUsed - before.heapUsed, buffers: after.arrayBuffers - before.arrayBuffers })
  }
  const ended = performance.now()
  await settled()
  return {
    heapBytes: Math.min(...rounds.map(({ heap }) => heap)) / records,
    bufferBytes: Math.min(...rounds.map(({ buffers }) => buffers)) / records,
    collections: collectedAt.filter((at) => at >= began && at <= ended).length,
  }
}

const result = await run()
// The log is not closed: its files are not whole, and nobody wants them.
process.stdout.write(JSON.stringify(result), () => { process.exit() })
