import { lockPrefix } from './directory.ts'
import type { NodeFs } from './fs.ts'

/** Events within this many milliseconds are told as one. */
const gatherMs = 5

/**
 * Calls `changed` some milliseconds after something in the directory changed. A hint: where the platform cannot watch,
 * or ran out of watches, nothing is ever told. Returns a function that ends it.
 */
export function watchDirectory(fs: NodeFs, path: string, changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  const tell = (): void => {
    timer = undefined
    changed()
  }
  const notice: Notice = (_event, name) => {
    if (name?.startsWith(lockPrefix) === true) return
    timer ??= setTimeout(tell, gatherMs)
  }
  const watcher = start(fs, path, notice)
  return () => {
    watcher?.close()
    clearTimeout(timer)
  }
}

type Notice = (event: string, name: string | null) => void

function start(fs: NodeFs, path: string, notice: Notice): { close(): void } | undefined {
  try {
    // Not persistent: a follower alone does not keep the process alive.
    const watcher = fs.watch(path, { persistent: false }, notice)
    watcher.on('error', () => {
      watcher.close()
    })
    return watcher
  } catch {
    return undefined
  }
}
