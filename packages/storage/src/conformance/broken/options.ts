import { VarveError } from '@varve/codec'
import type { LogFile, LogStorage } from '../../contract.ts'
import { alter, alterFile, alterFiles, type BrokenAdapter } from './forward.ts'

/** Claims to be synchronous and is so in all but one method. */
function almostSynchronous(storage: LogStorage): LogStorage {
  const open = (name: string, mode: 'create' | 'existing' | 'read'): LogFile => {
    const file = storage.open(name, mode) as LogFile
    return alterFile(file, { sync: () => Promise.reject(new VarveError('IO', 'nobody waits for this')) })
  }
  return { ...alter(storage, { open }), capabilities: { ...storage.capabilities, synchronous: true } }
}

export const brokenOptions: readonly BrokenAdapter[] = [
  {
    id: 'declares a capability that nobody knows',
    breaks: ['capabilities.known'],
    wrap: (storage) => alter(storage, { capabilities: { ...storage.capabilities, contents: 'surely' as 'device' } }),
  },
  {
    id: 'is synchronous but for sync',
    breaks: ['capabilities.synchronous'],
    wrap: almostSynchronous,
  },
  {
    id: 'drops durable writes',
    breaks: ['durable.writes'],
    wrap: (storage) => alterFiles(storage, () => ({ writeDurable: () => Promise.resolve() })),
  },
  {
    id: 'writes 64 KiB durably at most',
    breaks: ['durable.complete'],
    wrap: (storage) =>
      alterFiles(storage, (file) => ({
        writeDurable: (source, position) => file.write(source.subarray(0, 65_536), position),
      })),
  },
  {
    id: 'forgets what was to be written later',
    breaks: ['later.lands', 'later.visible'],
    wrap: (storage) => alterFiles(storage, () => ({ writeLater: () => Promise.resolve() })),
  },
  {
    id: 'writes last what was to be written later',
    breaks: ['later.yields'],
    wrap: (storage) =>
      alterFiles(storage, (file) => {
        const postponed: (() => unknown)[] = []
        return {
          writeLater: (source, position) => {
            const bytes = source.slice()
            postponed.push(() => file.write(bytes, position))
            return Promise.resolve()
          },
          close: async () => {
            for (const write of postponed) await write()
            await file.close()
          },
        }
      }),
  },
  {
    id: 'reserves whole MiB',
    breaks: ['reserve.grows'],
    wrap: (storage) =>
      alterFiles(storage, (file) => ({ reserve: (size) => file.resize(Math.ceil(size / 2 ** 20) * 2 ** 20) })),
  },
  {
    id: 'reserves by writing zeros from the start',
    breaks: ['reserve.keeps'],
    wrap: (storage) => alterFiles(storage, (file) => ({ reserve: (size) => file.write(new Uint8Array(size), 0) })),
  },
  {
    id: 'cuts when it should reserve',
    breaks: ['reserve.smaller'],
    wrap: (storage) => alterFiles(storage, (file) => ({ reserve: (size) => file.resize(size) })),
  },
  {
    id: 'watches nothing',
    breaks: ['watch.tells'],
    wrap: (storage) => alter(storage, { watch: () => () => undefined }),
  },
  {
    id: 'goes on watching',
    breaks: ['watch.stops'],
    wrap: (storage) =>
      alter(storage, {
        watch: (changed) => {
          storage.watch?.(changed)
          return () => undefined
        },
      }),
  },
]
