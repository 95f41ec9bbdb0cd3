import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureMemory } from './memory/memory.ts'
import { measureCheckpointed } from './measure/checkpointed.ts'
import { measureGroups } from './measure/groups.ts'
import { measureReading } from './measure/reading.ts'
import { measureRotations } from './measure/rotations.ts'
import { measureSingles } from './measure/singles.ts'
import { measureTails } from './measure/tails.ts'
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
  /** Gives each measurement an empty directory of its own, so that the disk holds the logs of one at a time. */
  const measure = async (work: (own: string) => readonly Row[] | Promise<readonly Row[]>): Promise<void> => {
    const own = mkdtempSync(join(place, 'logs-'))
    const more = await work(own)
    rmSync(own, { recursive: true })
    rows.push(...more)
    onRows(more)
  }
  try {
    await measure((own) => measureSingles(own, scale))
    await measure((own) => measureGroups(own, scale, 64))
    await measure((own) => measureGroups(own, scale, 1024))
    await measure((own) => measureThroughput(own, scale))
    await measure((own) => measureReading(own, scale, 256))
    await measure((own) => measureReading(own, scale, 1024))
    await measure((own) => measureTails(own, scale))
    await measure((own) => measureRotations(own, scale))
    await measure((own) => measureCheckpointed(own, scale))
    await measure((own) => measureMemory(own, scale, flags))
    return rows
  } finally {
    rmSync(place, { recursive: true })
  }
}
