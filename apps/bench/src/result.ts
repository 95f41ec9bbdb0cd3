import type { Plot } from './plots.ts'
import type { Row } from './row.ts'

/** What it ran on. */
export interface Machine {
  /** Versions; a runtime that it did not run on has none. */
  readonly node: string
  readonly bun?: string
  readonly deno?: string
  /** Operating system and architecture. */
  readonly platform: string
  /** Release of the operating system's kernel. */
  readonly kernel: string
  /** Model of the processors. */
  readonly cpu: string
  readonly cpus: number
  readonly memoryBytes: number
  /** Processes that ran or wanted to in the minute before, as the operating system counts them. */
  readonly loadAverage: number
  /** Of the directory with the logs; undefined where it cannot be told. */
  readonly fileSystem?: string
  readonly packages: 'as built' | 'from source'
  readonly scale: string
}

/** What was asked for. */
export interface ResultOptions {
  readonly scale: string
  /** Source of the expression that names of measurements had to match; undefined: all. */
  readonly filter?: string
  /** Names of what the log was compared with, and what was wanted and could not be loaded. */
  readonly peers: readonly string[]
  readonly missing: readonly string[]
}

/** Everything a run found out: what `--json` writes and pictures are made of. */
export interface BenchResult {
  readonly machine: Machine
  readonly options: ResultOptions
  readonly results: readonly Row[]
  /** What the rows with points are drawn in. */
  readonly plots: readonly Plot[]
  /** ISO 8601. */
  readonly began: string
  readonly seconds: number
}
