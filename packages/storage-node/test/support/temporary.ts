import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A directory of its own, which the caller removes. */
export function makeDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'varve-storage-node-'))
}

export function removeDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true })
}

/** A directory of its own, removed when the test is over. */
export function temporaryDirectory(): string {
  const path = makeDirectory()
  onTestFinished(() => { removeDirectory(path) })
  return path
}
