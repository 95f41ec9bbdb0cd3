import type { Rounds } from './turns.ts'

/** How much is measured. */
export interface Scale {
  readonly name: 'full' | 'quick' | 'tiny'
  /** Bytes of a payload on the x axes. */
  readonly payloads: readonly number[]
  /** How many append at once on the x axes. */
  readonly producers: readonly number[]
  /** Whether every payload is measured with every number of producers, or only what the pictures show. */
  readonly isWholeMatrix: boolean
  /** Of one cell of that matrix, and of a few things in memory. */
  readonly cell: Rounds
  readonly micro: Rounds
  /** Bytes that each contender writes into a cell at most. */
  readonly cellBytesMax: number
  /** Turns of ten appends, one at a time. */
  readonly singles: Rounds
  /** Rounds of a throughput, and records in each. */
  readonly rounds: Rounds
  readonly recordsPerRound: number
  /** Records that are enqueued while garbage collections are counted. */
  readonly collectedRecords: number
  /** Milliseconds of each round of records read one by one. */
  readonly getsMs: number
  /** Bytes of payload in a log that peers are compared with in scanning, and records at most. */
  readonly scanBytes: number
  readonly scanRecordsMax: number
  /** Turns of a writer with tails, each of 40 commits. */
  readonly tailRounds: number
  /** Turns of a writer that rotates, each of about one rotation. */
  readonly rotations: number
  /** Bytes of the log that has a checkpoint, and how often a log is opened. */
  readonly checkpointedLogBytes: number
  readonly reopens: number
  /** Sizes of states that are published, in bytes. */
  readonly stateBytes: readonly number[]
  /** Sizes of logs that are opened, in bytes. */
  readonly logBytes: readonly number[]
  /** Sizes of a last segment that a crash left, in bytes. */
  readonly crashBytes: readonly number[]
  /** Numbers of sealed segments of logs that are opened, and the sizes of segments, in bytes. */
  readonly segments: readonly number[]
  readonly segmentBytes: readonly number[]
  /** Bytes of payload in the log during whose recovery turns of the event loop are timed: more than a segment. */
  readonly loopLogBytes: number
  /** Bytes of the log whose recovery is measured. */
  readonly memoryLogBytes: number
  /** Processes for each size of it. */
  readonly memoryProcesses: number
}

const KiB = 2 ** 10
const MiB = 2 ** 20
const GiB = 2 ** 30
const payloads = [16, 64, 256, KiB, 4 * KiB, 64 * KiB, MiB]

export const full: Scale = {
  name: 'full',
  payloads,
  producers: [1, 16, 64, 256, 1024],
  isWholeMatrix: true,
  cell: { least: 3, most: 400, ms: 4000 },
  micro: { least: 5, most: 200, ms: 2000 },
  cellBytesMax: 192 * MiB,
  singles: { least: 10, most: 200, ms: 20_000 },
  rounds: { least: 5, most: 10, ms: 10_000 },
  recordsPerRound: 200_000,
  collectedRecords: 5_000_000,
  getsMs: 300,
  scanBytes: 64 * MiB,
  scanRecordsMax: 100_000,
  tailRounds: 40,
  rotations: 60,
  checkpointedLogBytes: GiB,
  reopens: 5,
  stateBytes: [64 * KiB, MiB, 8 * MiB, 64 * MiB],
  logBytes: [16 * MiB, 64 * MiB, 256 * MiB, GiB],
  crashBytes: [64 * KiB, MiB, 8 * MiB, 60 * MiB],
  segments: [1, 10, 100, 1000],
  segmentBytes: [64 * KiB, MiB],
  loopLogBytes: 256 * MiB,
  memoryLogBytes: 2 * GiB,
  memoryProcesses: 3,
}

export const quick: Scale = {
  name: 'quick',
  payloads,
  producers: [1, 16, 64, 256, 1024],
  isWholeMatrix: false,
  cell: { least: 2, most: 100, ms: 700 },
  micro: { least: 3, most: 50, ms: 200 },
  cellBytesMax: 48 * MiB,
  singles: { least: 3, most: 50, ms: 3000 },
  rounds: { least: 3, most: 8, ms: 2000 },
  recordsPerRound: 50_000,
  collectedRecords: 1_000_000,
  getsMs: 50,
  scanBytes: 4 * MiB,
  scanRecordsMax: 20_000,
  tailRounds: 5,
  rotations: 10,
  checkpointedLogBytes: 64 * MiB,
  reopens: 3,
  stateBytes: [64 * KiB, MiB, 16 * MiB],
  logBytes: [16 * MiB, 64 * MiB],
  crashBytes: [64 * KiB, MiB, 16 * MiB],
  segments: [1, 10, 100, 1000],
  segmentBytes: [64 * KiB],
  loopLogBytes: 64 * MiB,
  memoryLogBytes: 64 * MiB,
  memoryProcesses: 2,
}

/** For tests: everything runs, and no number means anything. */
export const tiny: Scale = {
  name: 'tiny',
  payloads: [16, 256, 4 * KiB],
  producers: [1, 64],
  isWholeMatrix: false,
  cell: { least: 2, most: 2, ms: 0 },
  micro: { least: 1, most: 1, ms: 0 },
  cellBytesMax: MiB,
  singles: { least: 1, most: 1, ms: 0 },
  rounds: { least: 2, most: 2, ms: 0 },
  recordsPerRound: 2000,
  collectedRecords: 10_000,
  getsMs: 5,
  scanBytes: 64 * KiB,
  scanRecordsMax: 1000,
  tailRounds: 1,
  rotations: 3,
  checkpointedLogBytes: MiB,
  reopens: 2,
  stateBytes: [64 * KiB],
  logBytes: [MiB],
  crashBytes: [64 * KiB],
  segments: [1, 3],
  segmentBytes: [64 * KiB],
  loopLogBytes: MiB,
  memoryLogBytes: MiB,
  memoryProcesses: 1,
}
