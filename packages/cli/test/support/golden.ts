import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect } from 'vitest'

/** Compares with `test/fixtures/NAME.txt`. With `UPDATE=1` in the environment that is written: look at what changed. */
export function expectGolden(name: string, text: string): void {
  const file = new URL(`../fixtures/${name}.txt`, import.meta.url)
  const readable = text.replaceAll('\u001b', '^[')
  if (process.env.UPDATE === '1') {
    mkdirSync(dirname(file.pathname), { recursive: true })
    writeFileSync(file, readable)
  }
  expect(readable).toBe(existsSync(file) ? readFileSync(file, 'utf8') : `no golden file ${name}: run with UPDATE=1`)
}
