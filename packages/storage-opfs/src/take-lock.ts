import { VarveError } from '@varve/codec'
import { io, type Procedure, type Runtime } from '@varve/storage'
import type { OpfsHold, OpfsPlatform } from './platform.ts'
import { retried } from './retried.ts'

/** Name of the browser's lock on a directory. */
export function lockNameOf(path: readonly string[]): string {
  return `varve:opfs:${path.join('/')}`
}

/** Where and how long to try. */
export interface Contender {
  readonly platform: OpfsPlatform
  readonly runtime: Runtime
  readonly waitMs: number
}

/**
 * Takes a lock of the browser. A page that is reloaded, or a tab that is closed, keeps its own for a moment.
 *
 * @throws VarveError `LOCKED`, naming the holder, when somebody else still has it after `waitMs`.
 */
export function* takeLock({ platform, runtime, waitMs }: Contender, name: string): Procedure<OpfsHold> {
  return yield* retried(runtime, waitMs, () => attempt(platform, name))
}

function* attempt(platform: OpfsPlatform, name: string): Procedure<OpfsHold> {
  const hold = yield* io('take the lock', () => platform.takeLock(name))
  if (hold !== undefined) return hold
  const holder = (yield* io('name the lock holder', () => platform.lockHolder(name))) ?? 'another tab or worker'
  throw locked(holder)
}

/** The error for a lock that somebody has. */
export function locked(holder: string): VarveError {
  const message = `${holder} has these files: use its log through @varve/port, or close it there`
  return new VarveError('LOCKED', message, { holder })
}
