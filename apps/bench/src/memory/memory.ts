import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMet, type Budget, type Row } from '../row.ts'
import type { Scale } from '../scale.ts'
import { median, summarize } from '../statistics.ts'
import type { ChildOrders, ChildResult } from './orders.ts'

const script = fileURLToPath(new URL('./child.mjs', import.meta.url))
const MiB = 2 ** 20
const shares = [1 / 8, 1 / 2, 1]

/**
 * The peak memory of a process that opens a log with every byte verified and replays it, above that of a process that
 * does nothing, for one log at several sizes on its way.
 */
export function measureMemory(directory: string, scale: Scale, flags: readonly string[]): readonly Row[] {
  const log = join(directory, 'memory')
  const peaks = (orders: ChildOrders): number[] =>
    Array.from({ length: scale.memoryProcesses }, () => runChild(orders, flags).peakBytes)
  const empty = median(peaks({ task: 'nothing' }))
  const above = (samples: readonly number[]): number[] => samples.map((bytes) => (bytes - empty) / MiB)
  const group = `peak memory above an empty process (${(empty / MiB).toFixed(0)} MiB)`
  const budget: Budget = { of: 'value', bound: 'at most', limit: 16 }
  const row = (name: string, samples: readonly number[], limited?: Budget): Row => {
    const plain = { group, name, unit: 'MiB', value: summarize(above(samples), 'durations') }
    return limited === undefined ? plain : { ...plain, budget: limited, met: isMet(limited, plain) }
  }
  const rows = [row('the library is loaded', peaks({ task: 'load' }))]
  for (const share of shares) {
    const bytes = scale.memoryLogBytes * share
    const { records } = runChild({ task: 'write', directory: log, bytes }, flags)
    const name = `open with verify all, replay: ${bytes / MiB} MiB, ${records} records`
    rows.push(row(name, peaks({ task: 'recover', directory: log }), budget))
  }
  return rows
}

function runChild(orders: ChildOrders, flags: readonly string[]): ChildResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, script, JSON.stringify(orders)], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the process to ${orders.task} ended with ${String(status)}: ${stderr}`)
  return JSON.parse(stdout) as ChildResult
}
