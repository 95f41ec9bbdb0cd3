import type { Plot } from '../../src/plots.ts'
import type { BenchResult, Machine } from '../../src/result.ts'
import { rowsOf, type Row } from '../../src/row.ts'

/** A result that nobody measured: plausible figures, for what is made of results. */
export function inventedResult(): BenchResult {
  seed = 1
  const parts = [latencies, throughputs, payloads, recoveries, opens, kernels, memory]
  const results = parts.flatMap((part) => part())
  return {
    machine: inventedMachine,
    options: { scale: 'full', peers: ['SQLite', 'LMDB'], missing: [] },
    results,
    plots,
    began: '2031-02-03T04:05:06.000Z',
    seconds: 1234,
  }
}

export const inventedMachine: Machine = {
  node: 'v24.0.0',
  platform: 'linux x64',
  kernel: '6.1.0',
  cpu: 'Invented <Processor>',
  cpus: 2,
  memoryBytes: 2 ** 33,
  loadAverage: 0.5,
  packages: 'as built',
  scale: 'full',
}

const plots: readonly Plot[] = [
  plot('throughput-by-producers', 'Durable appends of 256 B, by how many are under way', 'producers', 'records/s'),
  plot('throughput-by-payload', 'Durable appends by 16 producers, by the size of a record', 'bytes of payload', 'MB/s'),
  { ...plot('latency', 'One durable append at a time, 256 B', 'percent of the appends', 'µs'), xLog: false },
  plot('recovery-by-size', 'Opening a log that was closed, by its size', 'bytes of the log', 'ms'),
  plot('open-by-segments', 'Opening a log that was closed, by its segments', 'sealed segments', 'ms'),
  plot('kernel-by-payload', 'Frames made and verified in memory', 'bytes of payload', 'GB/s'),
  { ...plot('memory-by-size', 'Peak memory of a recovery', 'bytes of the log', 'MiB'), yLog: false },
  plot('nothing', 'What no row is a point of', 'x', 'y'),
]

function plot(id: string, title: string, xLabel: string, yLabel: string): Plot {
  return { id, title, xLabel, yLabel, xLog: true, yLog: true }
}

/** Microseconds for a commit, and for each record of it. */
const costs: Readonly<Record<string, readonly [commit: number, record: number]>> = {
  'write + fdatasync, growing file': [213, 0.25],
  'write + fdatasync, zero-filled file': [155, 0.21],
  'O_DSYNC write, zero-filled file': [150, 0.23],
  'append, sync mode': [165, 0.62],
  'append, group mode': [168, 0.6],
  'enqueue, then sync, async mode': [190, 0.45],
  'appendBatch, sync mode': [160, 0.4],
  SQLite: [230, 2.6],
  LMDB: [600, 2.1],
  LevelDB: [337, 17],
  hypercore: [950, 22],
  'appendFile + fdatasync': [420, 0.3],
}

/** Chance that is the same each time. */
let seed = 1
function chance(): number {
  seed = (seed * 48_271) % 2_147_483_647
  return seed / 2_147_483_647
}

/** Like times of a disk: mostly alike, at times far more. */
function samplesOf(value: number, kind: 'durations' | 'rates', count = 60): readonly number[] {
  return Array.from({ length: count }, () => {
    const slowness = 0.92 + 0.2 * chance() + (chance() > 0.97 ? 2.5 * chance() : 0)
    return kind === 'durations' ? value * slowness : value / slowness
  })
}

function withPoints(rows: readonly Row[], plotId: string, x: number): readonly Row[] {
  return rows.map((row) => ({ ...row, point: { plot: plotId, line: row.name, x } }))
}

function latencies(): readonly Row[] {
  const measured = Object.entries(costs).map(([name, [commit, record]]) => ({
    name,
    samples: samplesOf(commit + record, 'durations', 2000),
    ...(name === 'append, sync mode' ? { budget: { of: 'ratio', bound: 'at most', limit: 1 } as const } : {}),
  }))
  const rows = withPoints(rowsOf('one durable record at a time, 256 B', 'µs', 'durations', measured), 'latency', 256)
  return rows.map((row, at) => ({ ...row, quantiles: quantilesOf(measured[at]?.samples ?? []) }))
}

function quantilesOf(samples: readonly number[]): readonly number[] {
  const sorted = [...samples].sort((a, b) => a - b)
  const percents = [0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9, 100]
  const at = (percent: number): number => Math.min(sorted.length - 1, Math.floor((percent / 100) * sorted.length))
  return percents.map((percent) => sorted[at(percent)] ?? 0)
}

function throughputs(): readonly Row[] {
  return [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024].flatMap((producers) => {
    const measured = Object.entries(costs).map(([name, [commit, record]]) => ({
      name,
      samples: samplesOf(producers / ((commit + record * producers) / 1e6), 'rates'),
      ...(name === 'append, group mode' ? { budget: { of: 'ratio', bound: 'at least', limit: 0.9 } as const } : {}),
    }))
    const rows = rowsOf(`durable, ${producers} at a time, 256 B`, 'records/s', 'rates', measured)
    return withPoints(rows, 'throughput-by-producers', producers)
  })
}

function payloads(): readonly Row[] {
  return [16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576].flatMap((bytes) => {
    const measured = Object.entries(costs).map(([name, [commit, record]]) => ({
      name,
      samples: samplesOf((16 * bytes) / (commit + 16 * record + (16 * bytes) / 600), 'rates'),
    }))
    const rows = rowsOf(`durable, 16 at a time, ${bytes} B`, 'MB/s', 'rates', measured)
    return withPoints(rows, 'throughput-by-payload', bytes)
  })
}

function recoveries(): readonly Row[] {
  return [16, 64, 256, 1024, 4096].flatMap((mebibytes) => {
    const rows = rowsOf(`recovery of ${mebibytes} MiB`, 'ms', 'durations', [
      { name: 'read the bytes, 256 KiB each', samples: samplesOf(mebibytes * 0.12, 'durations', 5) },
      { name: 'open, verify seals', samples: samplesOf(4 + mebibytes * 0.002, 'durations', 5) },
      { name: 'open, verify all', samples: samplesOf(4 + mebibytes * 0.31, 'durations', 5) },
      { name: 'open, verify all, replay', samples: samplesOf(4 + mebibytes * 0.55, 'durations', 5) },
    ])
    return withPoints(rows, 'recovery-by-size', mebibytes * 2 ** 20)
  })
}

function opens(): readonly Row[] {
  return [1, 10, 100, 1000].flatMap((segments) => {
    const rows = rowsOf(`open of ${segments} sealed segments`, 'ms', 'durations', [
      { name: 'raw, small segments', samples: samplesOf(0.3 + segments * 0.04, 'durations', 5) },
      {
        name: 'openLog, small segments',
        samples: samplesOf(3 + segments * 0.11, 'durations', 5),
        budget: { of: 'value', bound: 'at most', limit: 150 },
      },
    ])
    return withPoints(rows, 'open-by-segments', segments)
  })
}

function kernels(): readonly Row[] {
  const speeds = { 'seal, webassembly': 6, 'scan, webassembly': 12.5, 'seal, portable': 0.9, 'zlib.crc32': 5.5 }
  return [16, 64, 256, 1024, 4096, 16_384, 65_536].flatMap((bytes) => {
    const measured = Object.entries(speeds).map(([name, speed]) => ({
      name,
      samples: samplesOf((speed * bytes) / (bytes + 300), 'rates', 10),
    }))
    return withPoints(rowsOf(`kernel, ${bytes} B`, 'GB/s', 'rates', measured), 'kernel-by-payload', bytes)
  })
}

function memory(): readonly Row[] {
  return [256, 1024, 4096].flatMap((mebibytes) => {
    const recovery = { name: 'open, verify all, replay', samples: samplesOf(9.5, 'durations', 3) }
    const rows = rowsOf(`memory, ${mebibytes} MiB`, 'MiB', 'durations', [recovery])
    return withPoints(rows, 'memory-by-size', mebibytes * 2 ** 20)
  })
}
