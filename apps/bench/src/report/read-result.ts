import { readFileSync } from 'node:fs'
import type { BenchResult } from '../result.ts'

/** What `pnpm bench --json` has written. @throws Error if the file holds something else. */
export function readResult(file: string): BenchResult {
  const found = JSON.parse(readFileSync(file, 'utf8')) as Partial<BenchResult> | null
  const { machine, options, results, plots, began, seconds } = found ?? {}
  const isWhole =
    machine !== undefined && options !== undefined && Array.isArray(results) && Array.isArray(plots) &&
    typeof began === 'string' && typeof seconds === 'number'
  if (!isWhole) throw new Error(`${file} is not what pnpm bench --json writes: it lacks a part of a result`)
  return { machine, options, results, plots, began, seconds }
}
