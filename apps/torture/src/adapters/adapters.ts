import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LogStorage } from '@varve/storage'
import { memoryStorage } from '@varve/storage-memory'
import { nodeStorage } from '@varve/storage-node'

/** A real storage adapter, under processes that are killed: what they wrote is there, the lock is not. */
export interface Adapter {
  /** `memory`, `node-sync` and the like. */
  readonly name: string
  readonly isSynchronous: boolean
  /** A fresh place for one run. */
  begin(): AdapterRun
}

export interface AdapterRun {
  /** The storage of the first process, and after each {@link kill} that of the next. */
  readonly storage: LogStorage
  /** The process dies as it is: the next one gets what is there at this moment. */
  kill(): void
  /** Removes everything. */
  end(): void
}

function inMemory(asynchronous: boolean): Adapter {
  return {
    name: asynchronous ? 'memory-async' : 'memory',
    isSynchronous: !asynchronous,
    begin() {
      let storage = memoryStorage({ asynchronous })
      return {
        get storage() { return storage },
        kill() { storage = memoryStorage({ snapshot: storage.snapshot(), asynchronous }) },
        end() {},
      }
    },
  }
}

/** The lock of a killed process is void; that of this one, which plays all of them, would not be. */
const isNoLock = (name: string): boolean => !name.startsWith('lock-')

function inFiles(synchronous: boolean): Adapter {
  return {
    name: synchronous ? 'node-sync' : 'node',
    isSynchronous: synchronous,
    begin() {
      const root = mkdtempSync(join(tmpdir(), 'varve-torture-'))
      let life = 1
      const open = (): LogStorage => nodeStorage(join(root, String(life)), synchronous ? { synchronous } : {})
      let storage = open()
      return {
        get storage() { return storage },
        kill() {
          const from = join(root, String(life))
          life += 1
          const to = join(root, String(life))
          for (const name of readdirSync(from).filter(isNoLock)) cpSync(join(from, name), join(to, name))
          storage = open()
        },
        end() { rmSync(root, { recursive: true }) },
      }
    },
  }
}

export const adapters: readonly Adapter[] = [inMemory(false), inMemory(true), inFiles(true), inFiles(false)]
