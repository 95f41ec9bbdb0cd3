import type { Message } from './server.ts'

interface Waiting {
  readonly kind: string
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: Error) => void
}

/** What one worker has told, in order, and who waits for more. */
export class Inbox {
  readonly messages: Message[] = []
  #waiting: Waiting[] = []
  #failure: Error | undefined

  readonly receive = (message: Message): void => {
    this.messages.push(message)
    if (message.kind === 'failed') {
      this.fail(new Error(String(message.value)))
      return
    }
    const answered = this.#waiting.filter(({ kind }) => kind === message.kind)
    this.#waiting = this.#waiting.filter(({ kind }) => kind !== message.kind)
    for (const { resolve } of answered) resolve(message.value)
  }

  /** Nobody gets what they wait for any more. */
  fail(reason: Error): void {
    this.#failure ??= reason
    for (const { reject } of this.#waiting) reject(this.#failure)
    this.#waiting = []
  }

  /**
   * The first message of the kind, which may have come already.
   *
   * @throws Error (as a rejection) when the worker fails, or nothing comes within `limitMs`.
   */
  async first(kind: string, limitMs = 60_000): Promise<unknown> {
    const come = this.messages.find((message) => message.kind === kind)
    if (come !== undefined) return come.value
    if (this.#failure !== undefined) throw this.#failure
    let timer: NodeJS.Timeout | undefined
    try {
      return await new Promise<unknown>((resolve, reject) => {
        this.#waiting.push({ kind, resolve, reject })
        timer = setTimeout(() => { reject(new Error(`no '${kind}' within ${limitMs} ms`)) }, limitMs)
      })
    } finally {
      clearTimeout(timer)
    }
  }

  /** The values of all messages of the kind so far. */
  all(kind: string): unknown[] {
    return this.messages.filter((message) => message.kind === kind).map(({ value }) => value)
  }
}
