/**
 * What the gate runs on every runtime: where an engine, a file system's calls or a process can make a difference, and
 * what bytes mean. All the rest runs on the pinned Node in the step `tests`, and everywhere with `pnpm test:runtimes`.
 */
const shortOnes: readonly RegExp[] = [
  // The storage contract is a suite of its own, and processes that fight for a log fight for its lock.
  /^packages\/storage-node\/test\/(?!conformance|lock-processes)/,
  /^packages\/varve\/test\/(facade|kill|processes)\.test\.ts$/,
  /^packages\/segments\/test\/recovery-table\//,
  /^packages\/segments\/test\/format\/(eventual-names|golden-logs)\.test\.ts$/,
  /^packages\/segments\/test\/damage\/(files|lies|unsupported)\.test\.ts$/,
  /^packages\/segments\/test\/crash\/(crash-model|unreadable)\.test\.ts$/,
  /^packages\/segments\/test\/writer\/(acknowledgement|close|group|opening|poison|rotation|synchronous-log)\.test\.ts$/,
  /^packages\/checkpoint\/test\/golden\.test\.ts$/,
  /^packages\/codec\/test\/(checksum|create-kernel|kernel-(golden|module|probe|seal|twins))\.test\.ts$/,
]

/** A process of the short form that takes so long has hung; of the long one. Milliseconds. */
export const limitMs = { short: 4 * 60_000, long: 15 * 60_000 }

export function isShort(file: string): boolean {
  return shortOnes.some((each) => each.test(file))
}
