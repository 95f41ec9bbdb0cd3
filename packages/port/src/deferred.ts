/** A promise, and who settles it. `Promise.withResolvers` is younger than some platforms. */
export interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

export function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((...settle) => { [resolve, reject] = settle })
  return { promise, resolve, reject }
}

/** For what comes back that nobody is left to hear of, or that says nothing. */
export function ignore(): void {}
