import type { MaybePromise } from '@varve/storage'

/**
 * A synchronous access handle, as browsers give them to dedicated workers: exclusive, and without a promise anywhere.
 * Its counts are not to be believed, and `flush` may be asked and not obeyed.
 */
export interface OpfsHandle {
  getSize(): number
  /** Returns the bytes read; one browser returns a nonsensical count when the device fails. */
  read(target: Uint8Array<ArrayBuffer>, options: { readonly at: number }): number
  /** Returns the bytes written; one browser returns 0 where the quota is used up, and nonsense where the disk is. */
  write(source: Uint8Array<ArrayBuffer>, options: { readonly at: number }): number
  truncate(size: number): void
  flush(): void
  close(): void
}

/** One directory of the origin-private file system. */
export interface OpfsDirectory {
  /** Names of what is in it, in any order. */
  list(): MaybePromise<readonly string[]>
  /** Opens a file, and makes it if it is not there. Fails with `LOCKED` while another thread has it. */
  openFile(name: string): MaybePromise<OpfsHandle>
}

/** A lock that the browser keeps among all tabs and workers of the origin, and frees when its holder dies. */
export interface OpfsHold {
  release(): void
  /** Resolves with the reason if somebody stole it. */
  readonly lost: PromiseLike<unknown>
}

/** Everything that the adapter asks of the browser: a seam for tests. */
export interface OpfsPlatform {
  /** Opens a directory, and makes it with its parents where they are missing. */
  openDirectory(path: readonly string[]): MaybePromise<OpfsDirectory>
  /** Removes a directory with all that is in it; nothing happens if it is not there. */
  removeDirectory(path: readonly string[]): MaybePromise<void>
  /** Takes the lock of that name if it is free, without waiting for it. */
  takeLock(name: string): MaybePromise<OpfsHold | undefined>
  /** Names the present holder of a lock. */
  lockHolder(name: string): MaybePromise<string | undefined>
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number
}
