import { memoryStorage, VarveError, type LogStorage } from 'varve'
import type { DatabaseOptions } from '../../src/database.ts'

/** Small enough that a handful of transactions rotates. */
export const small = { segmentBytes: 4096, blockBytes: 128 } as const satisfies DatabaseOptions

export type Memory = ReturnType<typeof memoryStorage>

/** What a process that is killed now leaves. */
export function crashed(storage: Memory): Memory {
  return memoryStorage({ snapshot: storage.snapshot() })
}

/** The names of the files that end like this, oldest first. */
export async function filesOf(storage: LogStorage, ending: string): Promise<string[]> {
  return (await storage.list()).filter((name) => name.endsWith(ending)).sort()
}

/** Changes a byte in the middle of a file. */
export async function damage(storage: LogStorage, name: string): Promise<void> {
  const file = await storage.open(name, 'existing')
  const byte = new Uint8Array(1)
  const middle = Math.floor((await file.size()) / 2)
  await file.read(byte, middle)
  await file.write(byte.map((value) => value ^ 1), middle)
  await file.close()
}

/** Storage whose syncs wait while it is held, and fail when it is broken. */
export interface SlowDisk {
  readonly storage: LogStorage
  readonly hold: () => void
  readonly release: () => void
  readonly break: () => void
  readonly breakAllBut: (ending: string) => void
  readonly repair: () => void
}

export function slowDisk(inner: LogStorage = memoryStorage()): SlowDisk {
  let held = Promise.resolve()
  let release = (): void => {}
  let isBroken: (name: string) => boolean = () => false
  const before = async (name: string): Promise<void> => {
    await held
    if (isBroken(name)) throw new VarveError('IO', 'the disk is broken')
  }
  const storage = changed(inner, {
    capabilities: { ...inner.capabilities, synchronous: false },
    open: async (name: string, mode: Parameters<LogStorage['open']>[1]) => {
      const file = await inner.open(name, mode)
      return changed(file, {
        sync: async () => { await before(name); await file.sync() },
        writeDurable: async (source: Uint8Array<ArrayBuffer>, position: number) => {
          await before(name)
          await file.write(source, position)
        },
      })
    },
  })
  return {
    storage,
    hold: () => { held = new Promise((resolve) => { release = resolve }) },
    release: () => { release() },
    break: () => { isBroken = () => true },
    breakAllBut: (ending) => { isBroken = (name) => !name.endsWith(ending) },
    repair: () => { isBroken = () => false },
  }
}

/** The same object, some of whose members are others. */
function changed<T extends object>(target: T, members: Readonly<Record<string, unknown>>): T {
  return new Proxy(target, {
    get(inner, name) {
      if (typeof name === 'string' && name in members) return members[name]
      const member: unknown = Reflect.get(inner, name, inner)
      return typeof member === 'function' ? (member.bind(inner) as unknown) : member
    },
  })
}
