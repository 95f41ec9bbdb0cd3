import { io, type Procedure } from '@varve/storage'
import { PhysicalFile } from './physical-file.ts'
import { indexOf, physicalNameOf } from './physical-name.ts'
import type { OpfsDirectory } from './platform.ts'
import type { PoolSettings } from './pool-settings.ts'
import { retried } from './retried.ts'

/** What is in the directory of a pool. */
export interface Found {
  /** The physical files, in the order of their numbers. */
  readonly files: readonly PhysicalFile[]
  /** Names of what else is there. */
  readonly foreign: readonly string[]
}

/** Opens all physical files of a directory, or none. Changes nothing. */
export function* openFiles(settings: PoolSettings, directory: OpfsDirectory): Procedure<Found> {
  const files: PhysicalFile[] = []
  const foreign: string[] = []
  try {
    const names = yield* io('list the directory', () => directory.list())
    for (const name of [...names].sort()) {
      const index = indexOf(name)
      if (index === undefined) foreign.push(name)
      else files.push(yield* openFile(settings, directory, index))
    }
    return { files, foreign }
  } catch (error) {
    closeFiles(files)
    throw error
  }
}

/** Opens one physical file, and makes it if it is not there. */
export function* openFile(settings: PoolSettings, directory: OpfsDirectory, index: number): Procedure<PhysicalFile> {
  const { runtime, waitMs, platform } = settings
  const name = physicalNameOf(index)
  // A tab that has just died holds its handles a moment longer than its lock.
  const handle = yield* retried(runtime, waitMs, () => io(`open ${name}`, () => directory.openFile(name)))
  try {
    return new PhysicalFile(index, name, handle, platform.now())
  } catch (error) {
    handle.close()
    throw error
  }
}

/**
 * Closes files, all of them whatever happens.
 *
 * @throws VarveError `IO`: the first failure.
 */
export function closeFiles(files: readonly PhysicalFile[]): void {
  const failures: unknown[] = []
  for (const file of files) {
    try {
      file.close()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}
