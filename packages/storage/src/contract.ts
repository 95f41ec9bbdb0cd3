/** A value now or later. Storage that never returns a promise serves synchronous logs. */
export type MaybePromise<T> = T | PromiseLike<T>

/** What a storage can promise; the log and its users read it before they rely on it. */
export interface StorageCapabilities {
  /** No method ever returns a promise. */
  readonly synchronous: boolean
  /**
   * What `LogFile.sync` buys. `device`: the bytes survive power loss. `best-effort`: the platform was asked.
   * `volatile`: they live as long as the process.
   */
  readonly contents: 'device' | 'best-effort' | 'volatile'
  /** What `syncNames` buys; `eventual`: names become durable by themselves, after a documented time. */
  readonly names: 'device' | 'eventual' | 'volatile'
  /** Who enforces the lock: the operating system, a convention between writers, or this process alone. */
  readonly lock: 'system' | 'advisory' | 'process'
}

/** How a file is opened: `create` is exclusive and gives an empty file, `existing` reads and writes, `read` reads. */
export type OpenMode = 'create' | 'existing' | 'read'

/**
 * One flat directory of files. The log calls one method at a time per file, and never writes to a file that is
 * being written or resized; reads through other handles may go on meanwhile.
 *
 * Failures are thrown or rejected as `VarveError`: `NOT_FOUND`, `EXISTS`, `NO_SPACE`, `IO`, `INVALID_ARGUMENT`,
 * `LOCKED`, `CLOSED`. Anything else is reported to the user as `IO` with the original as its cause.
 */
export interface LogStorage {
  readonly capabilities: StorageCapabilities
  /** The names of all files, in any order. */
  list(): MaybePromise<readonly string[]>
  /** Opens a file; `EXISTS` or `NOT_FOUND` when `mode` does not fit what is there. */
  open(name: string, mode: OpenMode): MaybePromise<LogFile>
  /** Atomic; replaces `to`. Both are closed files. Durable after `syncNames`. */
  rename(from: string, to: string): MaybePromise<void>
  /** Removes a closed file; `NOT_FOUND` when there is none. Durable after `syncNames`. */
  remove(name: string): MaybePromise<void>
  /**
   * Makes all creates, renames and removes that returned before this call durable, and the directory itself with
   * whatever parents were created for it. A call that succeeds also covers what one before it failed to make durable.
   */
  syncNames(): MaybePromise<void>
  /** Becomes the only writer, or fails with `LOCKED`, naming the holder. A dead holder's lock is taken over. */
  lock(): MaybePromise<StorageLock>
  /** Calls `changed` after something changed; a hint, which may come late, twice or not at all. Returns a stop. */
  watch?(changed: () => void): () => void
  /** Gives up what the storage holds. Files must be closed before. Further calls fail with `CLOSED`. */
  close(): MaybePromise<void>
}

/** The right to write. */
export interface StorageLock {
  /** Names this holder in the errors of others. */
  readonly holder: string
  /** Higher than that of any holder before: the writer's epoch. At least 1, a safe integer. */
  readonly generation: number
  release(): MaybePromise<void>
  /** Resolves with the reason if the lock is taken away; the log is poisoned then. */
  readonly lost?: PromiseLike<unknown>
}

/** An open file. Positions and sizes are in bytes, safe integers. */
export interface LogFile {
  size(): MaybePromise<number>
  /** Fills `target` from `position` on and returns the number of bytes read; fewer only at the end of the file. */
  read(target: Uint8Array<ArrayBuffer>, position: number): MaybePromise<number>
  /**
   * Writes all of `source` at `position`, or fails. A write behind the end fills the gap with zeros. `source` is
   * not changed by the log until the call has settled.
   */
  write(source: Uint8Array<ArrayBuffer>, position: number): MaybePromise<void>
  /** Makes all writes that returned before this call durable, and the size. */
  sync(): MaybePromise<void>
  /** Cuts the file, or extends it with zeros. */
  resize(size: number): MaybePromise<void>
  close(): MaybePromise<void>
  /** Writes and makes durable exactly these bytes: not what was written before them without a sync. */
  writeDurable?(source: Uint8Array<ArrayBuffer>, position: number): MaybePromise<void>
  /**
   * Writes bytes that no promise stands on, as `write` does but when it costs least: at the latest when the file is
   * closed. Readers see them at once. They may be lost with the process, and never replace what was written after them.
   * For storage on which each write is dear; the log says with it what would otherwise be a write for each commit.
   */
  writeLater?(source: Uint8Array<ArrayBuffer>, position: number): MaybePromise<void>
  /**
   * Grows the file to `size` with real zeros, so that later writes below it neither fail for space nor change
   * metadata: where blocks are found only when zeros are written back, that is waited for. Does nothing when the file
   * is as large already.
   */
  reserve?(size: number): MaybePromise<void>
}
