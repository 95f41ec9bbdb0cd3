import type { LogStorage } from 'varve'
import { run } from '../../src/run.ts'
import type { System } from '../../src/system.ts'

/** What a command line is given besides its words. */
export interface Surroundings {
  /** By directory. Any other is not there. */
  readonly storages?: Readonly<Record<string, LogStorage>>
  readonly storage?: (directory: string) => LogStorage
  readonly stdin?: string | Uint8Array | AsyncIterable<Uint8Array>
  /** Whether input comes from a terminal, too. */
  readonly isInteractive?: boolean
  /** Width of a terminal; without it, output goes to a pipe. */
  readonly columns?: number
  readonly env?: System['env']
  readonly interrupt?: AbortSignal
  readonly now?: () => number
  readonly runtime?: System['runtime']
  /** Called with each piece of output; may throw as a system does. */
  readonly onOutput?: (text: string) => void
}

/** What came of it. */
export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
  readonly bytes: Uint8Array
}

/** Runs a command line in this process and keeps what it says. */
export async function varve(line: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
  const { columns, env = {}, interrupt = new AbortController().signal, now = () => 0, runtime } = surroundings
  const pieces: Uint8Array[] = []
  let err = ''
  const terminal = { isTerminal: columns !== undefined, columns }
  const system: System = {
    stdin: { ...sourceOf(surroundings.stdin), isTerminal: surroundings.isInteractive === true },
    stdout: {
      ...terminal,
      write: async (data) => {
        const bytes = Buffer.from(data)
        surroundings.onOutput?.(bytes.toString())
        pieces.push(bytes)
      },
    },
    stderr: { ...terminal, write: async (data) => { err += Buffer.from(data).toString() } },
    env,
    interrupt,
    now,
    storage: (directory) => storageOf(directory, surroundings),
    ...(runtime === undefined ? {} : { runtime }),
  }
  const code = await run(line, system)
  const bytes = Buffer.concat(pieces)
  return { code, out: bytes.toString(), err, bytes }
}

function sourceOf(input: Surroundings['stdin'] = ''): AsyncIterable<Uint8Array> {
  if (typeof input !== 'string' && !(input instanceof Uint8Array)) {
    return { [Symbol.asyncIterator]: () => input[Symbol.asyncIterator]() }
  }
  return {
    async *[Symbol.asyncIterator]() {
      yield Buffer.from(input)
    },
  }
}

function storageOf(directory: string, { storages = {}, storage }: Surroundings): LogStorage {
  const found = storage?.(directory) ?? storages[directory]
  if (found === undefined) throw new Error(`the test knows no directory ${directory}`)
  return found
}
