/** How much is measured. */
export interface Scale {
  /** Appends one at a time. */
  readonly singles: number
  /** Groups of concurrent appends. */
  readonly groups: number
  /** Rounds of a throughput, and records in each. */
  readonly rounds: number
  readonly recordsPerRound: number
  /** Milliseconds of each round of records read one by one. */
  readonly getsMs: number
  /** Turns of a writer with tails, each of 40 commits. */
  readonly tailRounds: number
  /** Turns of a writer that rotates, each of about one rotation. */
  readonly rotations: number
  /** Bytes of the log that has a checkpoint, and how often it is opened. */
  readonly checkpointedLogBytes: number
  readonly reopens: number
  /** Bytes of the log whose recovery is measured. */
  readonly memoryLogBytes: number
  /** Processes for each size of it. */
  readonly memoryProcesses: number
}

const MiB = 2 ** 20

export const full: Scale = {
  singles: 2000,
  groups: 300,
  rounds: 10,
  recordsPerRound: 300_000,
  getsMs: 300,
  tailRounds: 40,
  rotations: 60,
  checkpointedLogBytes: 1024 * MiB,
  reopens: 5,
  memoryLogBytes: 2048 * MiB,
  memoryProcesses: 3,
}

export const quick: Scale = {
  singles: 200,
  groups: 40,
  rounds: 5,
  recordsPerRound: 50_000,
  getsMs: 50,
  tailRounds: 5,
  rotations: 10,
  checkpointedLogBytes: 64 * MiB,
  reopens: 3,
  memoryLogBytes: 64 * MiB,
  memoryProcesses: 2,
}
