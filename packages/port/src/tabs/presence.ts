import { deferred } from '../deferred.ts'
import type { LocksLike } from './seam.ts'

/** A sign of life: others can wait for its end, however it comes. */
export interface Presence {
  /** Ends it. */
  readonly end: () => void
}

/** Takes the lock of that name, which must be nobody else's, and holds it. Whoever asks for it next waits for us. */
export async function bePresent(locks: LocksLike, name: string): Promise<Presence> {
  const [held, ended] = [deferred<undefined>(), deferred<undefined>()]
  const request = locks.request(name, () => {
    held.resolve(undefined)
    return ended.promise
  })
  request.catch(held.reject)
  await held.promise
  return { end: () => { ended.resolve(undefined) } }
}

/** Resolves when whoever holds the lock of that name is gone: closed, crashed or killed. It must be held already. */
export async function absenceOf(locks: LocksLike, name: string): Promise<void> {
  await locks.request(name, () => Promise.resolve())
}
