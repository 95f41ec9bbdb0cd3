import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AllocationOrders, AllocationResult } from './allocation-orders.ts'
import type { Counts } from './counting-fs.ts'

const child = fileURLToPath(new URL('./allocation-child.ts', import.meta.url))
/** Runs the sources, whatever this process runs. */
const asSource = ['--experimental-strip-types', '--no-warnings', '--conditions=@varve/source']
/** The engine compiles and collects at the same moments in every run. */
const repeatable = ['--single-threaded']
/** Nothing is collected while it is counted. */
const uncollected = [...repeatable, '--expose-gc', '--min-semi-space-size=512', '--max-semi-space-size=512']
/** The young generation has the size that it has where nobody says otherwise, from the beginning. */
const collected = [...repeatable, '--min-semi-space-size=16', '--max-semi-space-size=16']

type Work = Omit<AllocationOrders, 'directory'>

/** Records of 256 B, not synced; nothing is written but what is read again. */
const allocated: Readonly<Record<string, Work>> = {
  'enqueue and flush': { task: 'enqueue', warmUp: 200_000, records: 35_000 },
  'append, 1,000 at a time': { task: 'append', warmUp: 200_000, records: 20_000 },
  'append, one at a time': { task: 'append-alone', warmUp: 100_000, records: 10_000 },
  appendSync: { task: 'append-sync', warmUp: 100_000, records: 10_000 },
  replay: { task: 'replay', warmUp: 200_000, records: 20_000 },
  'for await … read()': { task: 'read', warmUp: 200_000, records: 4000 },
  'get, here and there': { task: 'get', warmUp: 2000, records: 10 },
}

/** What each record has allocated, in bytes, by what is done with it. Differs between versions of the engine. */
export function countAllocations(): Readonly<Record<string, Counts>> {
  const counts = Object.entries(allocated).map(([name, work]) => {
    const { heapBytes, bufferBytes, collections } = run(work, uncollected)
    const counts = { 'bytes of buffers': Math.round(bufferBytes), 'bytes of objects': Math.round(heapBytes) }
    // What was collected is missing from the bytes: far more was allocated than there is room for.
    return [name, collections > 0 ? { ...counts, 'collections meanwhile': collections } : counts] as const
  })
  return Object.fromEntries(counts)
}

/** How often there is so much garbage that it is collected. */
export function countCollections(): Readonly<Record<string, Counts>> {
  const { collections } = run({ task: 'enqueue', warmUp: 200_000, records: 1_000_000 }, collected)
  return { '5,000,000 × enqueue and flush': { collections } }
}

function run(work: Work, flags: readonly string[]): AllocationResult {
  const directory = mkdtempSync(join(tmpdir(), 'varve-counted-'))
  const orders: AllocationOrders = { ...work, directory }
  try {
    const args = [...asSource, ...flags, child, JSON.stringify(orders)]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`the process for ${work.task} ended with ${String(status)}: ${stderr}`)
    return JSON.parse(stdout) as AllocationResult
  } finally {
    rmSync(directory, { recursive: true })
  }
}
