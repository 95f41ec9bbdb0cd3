import { VarveError } from '@varve/codec'
import { asynchronousRuntime, checkFileName, type Runtime } from '@varve/storage'
import { browserPlatform } from './browser-platform.ts'
import type { OpfsPlatform } from './platform.ts'
import type { PoolSettings } from './pool-settings.ts'

/** How an `opfsStorage` behaves. */
export interface OpfsStorageOptions {
  /** Directory in the origin-private file system: plain names, separated by `/`. */
  readonly directory: string
  /** Physical files that the pool has at least, from 1 to 1,000; it grows by itself. Default 8. */
  readonly poolSize?: number
  /**
   * Every method returns a plain value. `ready()` has to be awaited first, and the pool grows only between turns of
   * the event loop: make `poolSize` large enough for what one turn needs. Default false.
   */
  readonly synchronous?: boolean
  /** How long to wait for a tab or worker that is about to end, from 0 to 60,000 milliseconds. Default 500. */
  readonly waitMs?: number
  /**
   * From what age on the own name of a physical file is believed to be durable, in milliseconds of this worker's life.
   * Default 60,000: Chromium was measured to take about 40 s. Firefox takes none, but cannot be told apart for certain.
   */
  readonly youngMs?: number
  /** The browser; a seam for tests. */
  readonly platform?: OpfsPlatform
  /** Clock and scheduling; the simulator's seam. */
  readonly runtime?: Runtime
}

/** Checks the options, and fills in what is missing. */
export function settle(options: OpfsStorageOptions): PoolSettings {
  const path = options.directory.split('/')
  for (const part of path) checkFileName(part)
  return {
    platform: options.platform ?? browserPlatform,
    runtime: options.runtime ?? asynchronousRuntime(),
    path,
    poolSize: within('poolSize', options.poolSize ?? 8, 1, 1000),
    waitMs: within('waitMs', options.waitMs ?? 500, 0, 60_000),
    youngMs: within('youngMs', options.youngMs ?? 60_000, 0, 3_600_000),
  }
}

function within(option: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  const message = `${option} is ${value}; it must be a whole number from ${least} to ${most}`
  throw new VarveError('INVALID_ARGUMENT', message, { option })
}
