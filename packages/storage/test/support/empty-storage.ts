import { VarveError } from '@varve/codec'
import type { LogFile, LogStorage } from '../../src/index.ts'

/** The least storage that a suite can be tried on: it opens and closes, and keeps no promise beyond that. */
export function emptyStorage(changes: Partial<LogStorage> = {}): LogStorage {
  const refuse = (): never => {
    throw new VarveError('UNSUPPORTED', 'not here')
  }
  const file: LogFile = {
    size: () => 0, read: () => 0, write: refuse, sync: refuse, resize: refuse, close: () => undefined,
  }
  return {
    capabilities: { synchronous: false, contents: 'volatile', names: 'volatile', lock: 'process' },
    list: () => [], open: () => file, rename: refuse, remove: () => undefined, syncNames: refuse, lock: refuse,
    close: () => undefined,
    ...changes,
  }
}
