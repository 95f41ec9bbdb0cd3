import type { LogFile, LogStorage } from '@varve/storage'
import { memoryStorage } from '@varve/storage-memory'
import { deferred } from '../../src/deferred.ts'

/** A storage in memory whose files stop to answer when told so. */
export interface JammedStorage {
  readonly storage: LogStorage
  /** From now on, nothing that is written comes to its end. */
  readonly jam: () => void
  /** Everything goes on. */
  readonly release: () => void
}

export function jammedStorage(): JammedStorage {
  const inner = memoryStorage({ asynchronous: true })
  let jam = deferred<undefined>()
  jam.resolve(undefined)
  const waits = new Set<PropertyKey>(['write', 'writeDurable', 'sync'])
  const slow = (file: LogFile): LogFile =>
    new Proxy(file, {
      get(target, name): unknown {
        const method = Reflect.get(target, name) as unknown
        if (typeof method !== 'function') return method
        const call = (...args: unknown[]): unknown => Reflect.apply(method, target, args) as unknown
        return waits.has(name) ? async (...args: unknown[]) => { await jam.promise; return await call(...args) } : call
      },
    })
  const storage = new Proxy<LogStorage>(inner, {
    get(target, name): unknown {
      const value = Reflect.get(target, name) as unknown
      if (typeof value !== 'function') return value
      const call = (...args: unknown[]): unknown => Reflect.apply(value, target, args) as unknown
      if (name !== 'open' && name !== 'create') return call
      return async (...args: unknown[]) => slow((await call(...args)) as LogFile)
    },
  })
  return {
    storage,
    jam: () => { jam = deferred<undefined>() },
    release: () => { jam.resolve(undefined) },
  }
}
