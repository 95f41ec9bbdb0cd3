import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Measurement } from './measurement.ts'
import type { Peer } from './peers/peer.ts'
import type { Row } from './row.ts'
import type { Scale } from './scale.ts'

export interface BenchOptions {
  readonly scale: Scale
  readonly measurements: readonly Measurement[]
  /** What the log is compared with. */
  readonly peers: readonly Peer[]
  /** Where to put the logs; undefined: the directory for temporary files. */
  readonly directory: string | undefined
  /** Of the runtime, for the processes that are started. */
  readonly flags: readonly string[]
  readonly progress: Progress
}

/** Hears how far it is. */
export interface Progress {
  /** `at` counts from 1. */
  begins(name: string, at: number, of: number): void
  rows(rows: readonly Row[]): void
  warn(text: string): void
}

/**
 * Takes all measurements, one after the other, each in an empty directory of its own. Leaves nothing on the disk, not
 * even if it fails or the process is told to end.
 */
export async function runBench(options: BenchOptions): Promise<readonly Row[]> {
  const { scale, measurements, peers, flags, progress } = options
  const place = temporaryPlace(options.directory)
  const rows: Row[] = []
  const remove = (): void => { rmSync(place, { recursive: true, force: true }) }
  const removeAndEnd = (): never => {
    remove()
    process.exit(130)
  }
  process.once('SIGINT', removeAndEnd)
  process.once('SIGTERM', removeAndEnd)
  try {
    for (const [at, { name, run }] of measurements.entries()) {
      progress.begins(name, at + 1, measurements.length)
      const directory = mkdtempSync(join(place, 'logs-'))
      const more = await run({ directory, scale, peers, flags, warn: (text) => { progress.warn(text) } })
      rmSync(directory, { recursive: true })
      rows.push(...more)
      progress.rows(more)
    }
    return rows
  } finally {
    process.off('SIGINT', removeAndEnd)
    process.off('SIGTERM', removeAndEnd)
    remove()
  }
}

/** A new directory in `parent`, which is made if it is missing. */
function temporaryPlace(parent = tmpdir()): string {
  mkdirSync(parent, { recursive: true })
  return mkdtempSync(join(realpathSync(parent), 'varve-bench-'))
}
