/**
 * What the gate runs on every runtime: where an engine, a file system's calls or a process can make a difference, and
 * what bytes mean. All the rest runs on the pinned Node in the step `tests`, and everywhere with `pnpm test:runtimes`.
 */
const shortOnes: readonly RegExp[] = [
  // The storage contract is a suite of its own.
  /^packages\/storage-node\/test\/(?!conformance)/,
  /^packages\/varve\/test\/(facade|kill|processes)\.test\.ts$/,
  /^packages\/segments\/test\/recovery-table\//,
  /^packages\/segments\/test\/format\/(block-alignment|eventual-names|golden-logs|independent-decoder)\.test\.ts$/,
  /^packages\/segments\/test\/damage\/(files|lies|sectors|unsupported)\.test\.ts$/,
  /^packages\/segments\/test\/crash\/(crash-model|unreadable)\.test\.ts$/,
  /^packages\/segments\/test\/writer\/(acknowledgement|close|group|opening|poison|rotation|synchronous-log)\.test\.ts$/,
  /^packages\/checkpoint\/test\/golden\.test\.ts$/,
  /^packages\/codec\/test\/(checksum|create-kernel|kernel-(golden|module|probe|seal|twins))\.test\.ts$/,
]

export function isShort(file: string): boolean {
  return shortOnes.some((each) => each.test(file))
}
