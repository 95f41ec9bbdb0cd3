import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import type { Durability, RecoveryReport } from '../../src/node.ts'

/** By which calls a writer appends. */
export type Face = 'append' | 'appendSync' | 'flush' | 'sync'

export interface Orders {
  readonly directory: string
  readonly durability: Durability
  readonly face: Face
}

/** One line of a writer. */
export interface Told {
  readonly opened?: RecoveryReport
  /** Number of the last record that was acknowledged, with all before it. */
  readonly acknowledged?: number
}

/** What a writer had told when it was killed. */
export interface Killed {
  readonly opened: RecoveryReport | undefined
  readonly acknowledged: number
}

const script = fileURLToPath(new URL('./writer.ts', import.meta.url))
const flags = ['--no-warnings', '--conditions=@varve/source', script]

/** Where writers find what earlier ones compiled: it makes a start five times cheaper. */
const compileCache = mkdtempSync(join(tmpdir(), 'varve-compiled-'))
afterAll(() => { rmSync(compileCache, { recursive: true, force: true }) })

/** From what a writer's last milliseconds are counted. How long it takes there is the machine's and the runtime's. */
export type Since = 'start' | 'opened' | 'acknowledged'

/** Starts a writer and kills it so many milliseconds after its start, the opening or its first acknowledgement. */
export function killWriter(orders: Orders, since: Since, delayMs: number): Promise<Killed> {
  const child = spawn(process.execPath, [...flags, JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
  })
  let opened: RecoveryReport | undefined
  let acknowledged = 0
  let complaint = ''
  let isCounting = false
  const reached = (moment: Since): void => {
    if (moment !== since || isCounting) return
    isCounting = true
    setTimeout(() => child.kill('SIGKILL'), delayMs)
  }
  reached('start')
  child.stderr.on('data', (chunk) => { complaint += String(chunk) })
  createInterface({ input: child.stdout }).on('line', (line) => {
    const told = parse(line)
    if (told.opened !== undefined) {
      opened = told.opened
      reached('opened')
    }
    if (told.acknowledged === undefined) return
    acknowledged = Math.max(acknowledged, told.acknowledged)
    reached('acknowledged')
  })
  return new Promise((resolve, reject) => {
    // Not 'exit': what is still in the pipe was acknowledged too.
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve({ opened, acknowledged })
      else reject(new Error(`the writer ended with ${signal ?? String(code)}: ${complaint}`))
    })
  })
}

/** The last line may have been cut short by the kill; then nobody was told. */
function parse(line: string): Told {
  try {
    return JSON.parse(line) as Told
  } catch {
    return {}
  }
}
