import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Message, Orders } from './inside/orders.ts'
import { temporary } from './paths.ts'
import { resultOf, type Ended, type SuiteResult } from './result.ts'

/**
 * Bun reserves address space for each memory of WebAssembly, and thousands of short-lived logs slow it down twentyfold.
 * Where memories live as long as logs do it makes no difference: the suites with a real disk run without this.
 */
const withoutReservation = { BUN_JSC_useWasmFastMemory: '0' }

/**
 * Runs one suite in a process that `command` starts, which is killed after the limit. Never rejects: what goes wrong is
 * a failure in the result.
 */
export async function runSuite(
  command: readonly string[],
  main: string,
  orders: Omit<Orders, 'report'>,
  limitMs: number,
): Promise<SuiteResult> {
  mkdirSync(temporary, { recursive: true })
  const directory = mkdtempSync(join(temporary, 'report-'))
  const report = join(directory, 'report')
  try {
    const isSimulated = orders.suite === 'tests' || orders.suite === 'torture'
    const began = performance.now()
    const ended = await ending([...command, main, JSON.stringify({ ...orders, report })], isSimulated, limitMs)
    return resultOf(orders.suite, messagesIn(report), ended, (performance.now() - began) / 1000)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function ending(
  [program = '', ...args]: readonly string[],
  isSimulated: boolean,
  limitMs: number,
): Promise<Ended> {
  const env = isSimulated ? { ...process.env, ...withoutReservation } : process.env
  const shell = process.platform === 'win32'
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env, shell })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => { output = (output + chunk).slice(-4000) })
  }
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs)
  return new Promise((resolve) => {
    child.on('error', (error) => { resolve({ how: error.message, output }) })
    child.on('exit', (code, signal) => {
      clearTimeout(limit)
      resolve({ how: signal ?? String(code), output })
    })
  })
}

/** The last line may have been cut short. */
function messagesIn(report: string): Message[] {
  let text = ''
  try {
    text = readFileSync(report, 'utf8')
  } catch {
    return []
  }
  return text.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Message)
}
