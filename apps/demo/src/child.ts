import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { Violation, type Ledger } from './ledger.ts'
import type { KillMoment } from './kill-plan.ts'
import { MessageReader, type WriterMessage, type WriterOrders } from './messages.ts'

/** How a child came to its end. */
export interface Death {
  /** `SIGKILL` hit it; else it ended by itself, having done all it was told. */
  readonly killed: boolean
  /** From start to the log being open; undefined: it did not get there. */
  readonly openingMs: number | undefined
  /** From the log being open to the end. */
  readonly writingMs: number
}

export interface ChildOptions {
  readonly orders: WriterOrders
  /** A directory for what children compile: with it they start in a fifth of the processor time, as measured. */
  readonly compileCache: string
  readonly ledger: Ledger
  /** Undefined: let it finish. */
  readonly kill: KillMoment | undefined
  /** Kills it at once. */
  readonly signal: AbortSignal
  /** Something was acknowledged. */
  readonly onProgress: () => void
}

const script = fileURLToPath(new URL('./writer.ts', import.meta.url))

/** A child that says nothing for so long has hung. */
const silenceMs = 30_000

function start(orders: WriterOrders, compileCache: string): ChildProcessByStdio<null, Readable, Readable> {
  const args = ['--conditions=@varve/source', '--no-warnings', script, JSON.stringify(orders)]
  const env = { ...process.env, NODE_COMPILE_CACHE: compileCache }
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
}

/** Hands on each message, until one is not believed. */
function listen(output: Readable, hear: (message: WriterMessage) => void, disbelieved: (error: unknown) => void): void {
  const reader = new MessageReader()
  const read = (chunk: string): void => {
    try {
      reader.read(chunk).forEach(hear)
    } catch (error) {
      output.off('data', read).resume()
      disbelieved(error)
    }
  }
  output.setEncoding('utf8').on('data', read)
}

/**
 * Runs one child to its end and enters what it says into the ledger. Whatever it had written to its pipe before it
 * died counts.
 */
export function runChild(options: ChildOptions): Promise<Death> {
  const { orders, ledger, kill, signal, compileCache } = options
  const started = performance.now()
  const child = start(orders, compileCache)
  const end = (): void => { child.kill('SIGKILL') }
  let openedAt: number | undefined
  let closed = false
  let violation: unknown
  let complaint = ''
  let killTimer = kill?.after === 'start' ? setTimeout(end, kill.delayMs) : undefined
  const silence = setTimeout(() => {
    violation ??= new Violation(`child ${orders.life} hung: it said nothing for ${silenceMs / 1000} s`)
    end()
  }, silenceMs)
  signal.addEventListener('abort', end)
  if (signal.aborted) end()

  function hear(message: WriterMessage): void {
    silence.refresh()
    switch (message.kind) {
      case 'opened':
        openedAt = performance.now()
        ledger.opened(orders.life, message.recovery)
        if (kill?.after === 'opened') killTimer = setTimeout(end, kill.delayMs)
        break
      case 'acknowledged':
        ledger.acknowledge(orders.life, message.sequences, message.syncMs)
        options.onProgress()
        break
      case 'closed':
        closed = true
        ledger.closed()
        break
      case 'failed':
        throw new Violation(`child ${orders.life} failed: ${message.reason}`)
    }
  }

  listen(child.stdout, hear, (error) => {
    violation ??= error
    end()
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaint += chunk
  })

  return new Promise((resolve, reject) => {
    child.on('error', reject)
    // Not 'exit': what is still in the pipe was acknowledged too.
    child.on('close', (code, by) => {
      clearTimeout(killTimer)
      clearTimeout(silence)
      signal.removeEventListener('abort', end)
      const ended = performance.now()
      const killed = by === 'SIGKILL'
      if (violation instanceof Error) reject(violation)
      else if (killed || (code === 0 && closed)) {
        resolve({
          killed,
          openingMs: openedAt === undefined ? undefined : openedAt - started,
          writingMs: openedAt === undefined ? 0 : ended - openedAt,
        })
      } else reject(new Error(`child ${orders.life} ended with ${by ?? String(code)}: ${complaint.trim()}`))
    })
  })
}
