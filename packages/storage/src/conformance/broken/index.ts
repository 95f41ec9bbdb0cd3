import { brokenFiles } from './files.ts'
import type { BrokenAdapter } from './forward.ts'
import { brokenLocks } from './locks.ts'
import { brokenNames } from './names.ts'
import { brokenOptions } from './options.ts'
import { brokenReads } from './reads.ts'
import { brokenWrites } from './writes.ts'

export type { BrokenAdapter } from './forward.ts'

/**
 * The conformance suite's own test: adapters that are wrong in one way each. Every check of the suite fails on at
 * least one of them. They wrap a good storage that has `writeDurable`, `writeLater`, `reserve` and `watch`.
 *
 * @example
 * ```ts
 * for (const { id, breaks, wrap } of brokenAdapters) {
 *   const checks = storageChecks(() => ({ open: () => wrap(memoryStorage()) }))
 *   const { results } = await runChecks(checks.filter((check) => breaks.includes(check.id)))
 *   // every verdict is 'failed'
 * }
 * ```
 */
export const brokenAdapters: readonly BrokenAdapter[] = [
  ...brokenNames,
  ...brokenReads,
  ...brokenWrites,
  ...brokenFiles,
  ...brokenLocks,
  ...brokenOptions,
]
