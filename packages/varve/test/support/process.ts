import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export type Command = 'open' | 'append' | 'close'

export interface Answer {
  readonly lastSequence?: number | undefined
  readonly code?: string
  readonly message?: string
}

const script = fileURLToPath(new URL('./participant.ts', import.meta.url))
const flags = ['--no-warnings', '--conditions=@varve/source', script]

/** A real process that uses a log on command. */
export class Participant {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterator<string>

  constructor(directory: string) {
    this.#child = spawn(process.execPath, [...flags, directory], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
    onTestFinished(() => this.kill())
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Commands may be given before earlier ones were answered. */
  async ask(command: Command): Promise<Answer> {
    this.#child.stdin.write(`${command}\n`)
    const line = await this.#lines.next()
    return line.done === true ? { message: 'died' } : (JSON.parse(line.value) as Answer)
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
