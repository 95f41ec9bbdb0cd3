import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchResult } from '../result.ts'
import { benchmarksMarkdown } from './markdown.ts'
import { picturesOf } from './pictures.ts'
import { standalone } from './svg.ts'

/** Writes BENCHMARKS.md into `directory`, and its pictures in place of earlier ones into `benchmarks/` there. */
export function writeDocs(result: BenchResult, directory: string): void {
  const pictures = join(directory, 'benchmarks')
  rmSync(pictures, { recursive: true, force: true })
  mkdirSync(pictures, { recursive: true })
  for (const { plot, draw } of picturesOf(result)) {
    writeFileSync(join(pictures, `${plot.id}.svg`), standalone(draw('wide')))
  }
  writeFileSync(join(directory, 'BENCHMARKS.md'), benchmarksMarkdown(result))
}
