/** The part of the platform that waiting needs; the same in every runtime, and in no library of ECMAScript. */
const platform = globalThis as unknown as {
  readonly setTimeout: (task: () => void, delayMs: number) => unknown
  readonly clearTimeout: (timer: unknown) => void
}

export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    platform.setTimeout(resolve, delayMs)
  })
}

/** Rejects with `error` unless `work` settles within `limitMs`. */
export function within<T>(limitMs: number, work: Promise<T>, error: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = platform.setTimeout(() => {
      reject(error())
    }, limitMs)
    work.then(resolve, reject).finally(() => {
      platform.clearTimeout(timer)
    })
  })
}
