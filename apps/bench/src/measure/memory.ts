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
 * The peak memory of a process that opens a log with every byte verified and replays it, above that of a process that
 * does nothing, for one log at several sizes on its way.
 */
export const memory: Measurement = { name: 'memory', run: measureMemory }

function measureMemory({ directory, scale, flags }: Place): readonly Row[] {
  const log = join(directory, 'memory')
  const told = (orders: MemoryOrders): MemoryResult => runChild(script, orders, flags) as MemoryResult
  const peaks = (orders: MemoryOrders): number[] =>
    Array.from({ length: scale.memoryProcesses }, () => told(orders).peakBytes)
  const empty = median(peaks({ task: 'nothing' }))
  const above = (samples: readonly number[]): number[] => samples.map((bytes) => (bytes - empty) / MiB)
  const loaded = 'the library is loaded'
  const measured = [{ name: loaded, samples: above(peaks({ task: 'load' })) }]
  for (const share of shares) {
    const bytes = scale.memoryLogBytes * share
    const { records } = told({ task: 'write', directory: log, bytes })
    const one = {
      name: `open with verify all, replay: ${bytes / MiB} MiB, ${records} records`,
      samples: above(peaks({ task: 'recover', directory: log })),
      budget: valueAtMost(16),
      point: { plot: 'memory-by-size', line: 'open, verify all, replay', x: bytes },
    }
    measured.push(one)
  }
  return rowsOf(`peak memory above an empty process (${(empty / MiB).toFixed(0)} MiB)`, 'MiB', 'durations', measured)
}
