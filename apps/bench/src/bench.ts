import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureMemory } from './memory/memory.ts'
import { measureGroups } from './measure/groups.ts'
import { measureReading } from './measure/reading.ts'
import { measureSingles } from './measure/singles.ts'
import { measureThroughput } from './measure/throughput.ts'
import type { Row } from './row.ts'
import type { Scale } from './scale.ts'

export interface BenchOptions {
  readonly scale: Scale
  /** Where to put the logs; undefined: the directory for temporary files. */
  readonly directory: string | undefined
  /** Of Node, for the processes whose memory is measured. */
  readonly flags: readonly string[]
  /** Called as soon as rows are there. */
  readonly onRows: (rows: readonly Row[]) => void
}

/** Measures everything, one after the other. Leaves nothing on the disk. */
export async function runBench({ scale, directory, flags, onRows }: BenchOptions): Promise<readonly Row[]> {
  const parent = directory ?? tmpdir()
  mkdirSync(parent, { recursive: true })
  const place = mkdtempSync(join(parent, 'varve-bench-'))
  const rows: Row[] = []
  const add = (more: readonly Row[]): void => {
    rows.push(...more)
    onRows(more)
  }
  try {
    add(await measureSingles(place, scale))
    add(await measureGroups(place, scale, 64))
    add(await measureGroups(place, scale, 1024))
    add(await measureThroughput(place, scale))
    add(await measureReading(place, scale, 256))
    add(await measureReading(place, scale, 1024))
    add(measureMemory(place, scale, flags))
    return rows
  } finally {
    rmSync(place, { recursive: true })
  }
}
