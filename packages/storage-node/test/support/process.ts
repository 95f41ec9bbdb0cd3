import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const script = fileURLToPath(new URL('./locker.ts', import.meta.url))
const flags = ['--no-warnings', '--conditions=@varve/source', script]

export interface Answer {
  readonly generation?: number
  readonly holder?: string
  readonly code?: string
  readonly message?: string
  readonly generations?: readonly number[]
  readonly failures?: readonly string[]
}

export type Mode = 'synchronous' | 'asynchronous'

/** A real process that locks on command. */
export class Locker {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterator<string>

  /** @param command - Starts the process, if not this process itself does. */
  constructor(directory: string, mode: Mode = 'asynchronous', command: readonly string[] = []) {
    const words = [...command, process.execPath, ...flags, directory, mode]
    this.#child = spawn(words[0] ?? '', words.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
    onTestFinished(() => this.kill())
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  async ask(command: 'lock' | 'release' | 'contend'): Promise<Answer> {
    this.#child.stdin.write(`${command}\n`)
    const line = await this.#lines.next()
    return JSON.parse(line.done === true ? '{"code":"died"}' : line.value) as Answer
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name)
  }

  /** Ends it without a chance to clean up, and waits for that. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await ended
  }
}
