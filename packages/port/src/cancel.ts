import type { CancelSignal } from '@varve/segments'

/** What an `AbortController` does, as far as a log needs it; not every platform's types are here. */
export class Cancel implements CancelSignal {
  aborted = false
  readonly #listeners = new Set<() => void>()

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener)
  }

  abort(): void {
    this.aborted = true
    for (const listener of this.#listeners) listener()
  }
}
