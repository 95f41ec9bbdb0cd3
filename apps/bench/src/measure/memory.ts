import { join } from 'node:path'
import type { MemoryOrders, MemoryResult } from '../children/orders.ts'
import { runChild } from '../children/run-child.ts'
import type { Measurement, Place } from '../measurement.ts'
import { rowsOf, valueAtMost, type Row } from '../row.ts'
import { median } from '../statistics.ts'

const script = new URL('../children/memory.mjs', import.meta.url)
const MiB = 2 ** 20
const shares = [1 / 8, 1 / 2, 1]

/**
 * Everything that was resident, pages of the executable included that an empty process has not touched yet, and what
 * of it belongs to the process alone.
 */
const kinds = [
  {
    title: 'peak memory',
    line: 'open, verify all, replay',
    of: (results: readonly MemoryResult[]): number[] => results.map(({ peakBytes }) => peakBytes),
  },
  {
    title: 'peak memory that is no page of a file',
    line: 'open, verify all, replay: no page of a file',
    of: (results: readonly MemoryResult[]): number[] => results.flatMap(({ ownBytes }) => ownBytes ?? []),
  },
] as const

/**
 * The peak memory of a process that opens a log with every byte verified and replays it, above that of a process that
 * does nothing, for one log at several sizes on its way.
 */
export const memory: Measurement = { name: 'memory', run: measureMemory }

function measureMemory({ directory, scale, flags }: Place): readonly Row[] {
  const log = join(directory, 'memory')
  const told = (orders: MemoryOrders): MemoryResult => runChild(script, orders, flags) as MemoryResult
  const several = (orders: MemoryOrders): MemoryResult[] =>
    Array.from({ length: scale.memoryProcesses }, () => told(orders))
  const empty = several({ task: 'nothing' })
  const runs = [{ name: 'the library is loaded', bytes: 0, results: several({ task: 'load' }) }]
  for (const share of shares) {
    const bytes = scale.memoryLogBytes * share
    const { records } = told({ task: 'write', directory: log, bytes })
    const name = `open with verify all, replay: ${bytes / MiB} MiB, ${records} records`
    runs.push({ name, bytes, results: several({ task: 'recover', directory: log }) })
  }
  return kinds.flatMap(({ title, line, of }) => {
    const least = of(empty)
    if (least.length === 0) return []
    const base = median(least)
    const measured = runs.map(({ name, bytes, results }) => {
      const samples = of(results).map((each) => (each - base) / MiB)
      if (bytes === 0) return { name, samples }
      return { name, samples, budget: valueAtMost(16), point: { plot: 'memory-by-size', line, x: bytes } }
    })
    return rowsOf(`${title} above an empty process (${(base / MiB).toFixed(0)} MiB)`, 'MiB', 'durations', measured)
  })
}
