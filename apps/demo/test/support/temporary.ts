import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A directory of its own, removed when the test is over. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'varve-demo-test-'))
  onTestFinished(() => { rmSync(path, { recursive: true, force: true }) })
  return path
}

/** A file of that content, in a directory of its own. */
export function temporaryFile(content: string | Uint8Array): string {
  const path = join(temporaryDirectory(), 'text')
  writeFileSync(path, content)
  return path
}
