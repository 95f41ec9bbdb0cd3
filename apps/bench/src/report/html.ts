import { writeFileSync } from 'node:fs'
import type { BenchResult } from '../result.ts'

export function writeHtml(result: BenchResult, file: string): void {
  writeFileSync(file, `<!doctype html><pre>${JSON.stringify(result, null, 2).replaceAll('<', '&lt;')}</pre>\n`)
}
