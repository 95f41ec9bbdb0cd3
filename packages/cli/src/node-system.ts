import type { Readable, Writable } from 'node:stream'
import { nodeStorage } from 'varve'
import type { Sink, Source, System } from './system.ts'

/** The parts of `process` that are used. */
export interface NodeProcess {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Terminal
  readonly stderr: Terminal
  readonly env: Readonly<Record<string, string | undefined>>
  once(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
}

type Terminal = Writable & { readonly isTTY?: boolean; readonly columns?: number }

/** The system of a process of Node. The first Ctrl-C aborts `interrupt`; the second ends the process. */
export function nodeSystem(process: NodeProcess): System {
  const controller = new AbortController()
  const interrupt = (): void => {
    controller.abort()
    // A read that is under way would keep the process alive.
    process.stdin.destroy()
  }
  for (const event of ['SIGINT', 'SIGTERM'] as const) process.once(event, interrupt)
  return {
    stdin: sourceOf(process),
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
    env: process.env,
    interrupt: controller.signal,
    now: () => Date.now(),
    storage: (directory) => nodeStorage(directory),
  }
}

function sourceOf({ stdin }: NodeProcess): Source {
  return {
    isTerminal: stdin.isTTY === true,
    [Symbol.asyncIterator]: () => stdin[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>,
  }
}

function sinkOf(stream: Terminal): Sink {
  // A failed write tells its own callback; without a listener the same failure would end the process as well.
  stream.on('error', () => undefined)
  return {
    get isTerminal() {
      return stream.isTTY === true
    },
    get columns() {
      return stream.columns
    },
    write: (data) =>
      new Promise((resolve, reject) => {
        stream.write(data, (error) => {
          if (error) reject(error)
          else resolve()
        })
      }),
  }
}
