import type { Procedure } from '@varve/storage'
import type { OpfsPlatform } from './platform.ts'
import { Pool } from './pool.ts'
import type { PoolSettings } from './pool-settings.ts'

/** A pool that one or more storages of this worker use, or are about to. */
interface Shared {
  users: number
  /** Settles when the pool is open, or could not be opened. */
  opening: { join(): Procedure<Pool> }
}

/**
 * The pools of this worker by directory. Handles are exclusive, so storages of one worker have to share them; with the
 * platform as the outer key, since a test has more than one.
 */
const pools = new WeakMap<OpfsPlatform, Map<string, Shared>>()

/** The pool of a directory, opened if nobody has it yet. Every call is paired with one of {@link leavePool}. */
export function* joinPool(settings: PoolSettings): Procedure<Pool> {
  const { platform, path, runtime } = settings
  const byPath = pools.get(platform) ?? new Map<string, Shared>()
  pools.set(platform, byPath)
  const key = path.join('/')
  let shared = byPath.get(key)
  if (shared === undefined) {
    shared = { users: 0, opening: runtime.spawn(Pool.open(settings)) }
    byPath.set(key, shared)
  }
  shared.users += 1
  try {
    return yield* shared.opening.join()
  } catch (error) {
    if (byPath.get(key) === shared) byPath.delete(key)
    throw error
  }
}

/** Closes the pool when nobody is left who uses it. Whoever calls this has joined it, and leaves it once. */
export function* leavePool({ platform, path }: PoolSettings, pool: Pool): Procedure<void> {
  const byPath = pools.get(platform)
  const key = path.join('/')
  const shared = byPath?.get(key)
  if (shared !== undefined) shared.users -= 1
  if (shared !== undefined && shared.users > 0) return
  byPath?.delete(key)
  yield* pool.close()
}
