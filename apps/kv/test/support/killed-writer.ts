import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

const script = fileURLToPath(new URL('./writer.ts', import.meta.url))
const flags = ['--no-warnings', '--conditions=@varve/source', script]

/** Where writers find what earlier ones compiled: it makes a start five times cheaper. */
const compileCache = mkdtempSync(join(tmpdir(), 'varve-compiled-'))
afterAll(() => { rmSync(compileCache, { recursive: true, force: true }) })

/** What a writer had said when it was killed. */
export interface Killed {
  /** How many transactions it found; undefined: it did not get so far. */
  readonly opened: number | undefined
  /** The last one that was acknowledged; 0 if none was. */
  readonly acknowledged: number
}

/**
 * Starts a writer and kills it so many milliseconds after its start, or after it opened the database.
 *
 * @throws Error when it ends by itself or finds something wrong.
 */
export function killWriter(directory: string, after: 'start' | 'opened', delayMs: number): Promise<Killed> {
  const child = spawn(process.execPath, [...flags, directory], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
  })
  let opened: number | undefined
  let acknowledged = 0
  let complaint = ''
  const killLater = (): void => { setTimeout(() => child.kill('SIGKILL'), delayMs) }
  if (after === 'start') killLater()
  child.stderr.on('data', (chunk) => { complaint += String(chunk) })
  createInterface({ input: child.stdout }).on('line', (line) => {
    // The last line may have been cut short by the kill: then nobody was told.
    const [, what, number = ''] = /^(opened|acknowledged) (\d+)$/.exec(line) ?? []
    if (line.startsWith('wrong')) {
      complaint += line
      child.kill('SIGKILL')
    }
    if (what === 'acknowledged') acknowledged = Math.max(acknowledged, Number(number))
    if (what !== 'opened') return
    opened = Number(number)
    if (after === 'opened') killLater()
  })
  return new Promise((resolve, reject) => {
    // Not 'exit': what is still in the pipe was acknowledged too.
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL' && complaint === '') resolve({ opened, acknowledged })
      else reject(new Error(`the writer ended with ${signal ?? String(code)}: ${complaint}`))
    })
  })
}
