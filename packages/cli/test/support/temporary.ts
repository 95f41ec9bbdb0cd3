import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A file system in memory where there is one: syncs cost nothing there. */
function fastestPlace(): string {
  const memory = '/dev/shm'
  try {
    accessSync(memory, constants.W_OK)
    return memory
  } catch {
    return tmpdir()
  }
}

/** A directory of its own, removed when the test is over. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(fastestPlace(), 'varve-cli-'))
  onTestFinished(() => { rmSync(path, { recursive: true, force: true }) })
  return path
}
