import { randomUUID } from 'node:crypto'
import { hostname, uptime } from 'node:os'
import { nodeStorage, type NodeSystem } from '@varve/storage-node'
import { openLog, openLogSync, type Log, type OpenOptions, type SynchronousLog } from 'varve'
import { countingFs, type CountingFs } from './counting-fs.ts'

/** Linux wherever this runs: how a platform makes a write durable decides what is called. */
const system: NodeSystem = {
  platform: 'linux',
  pid: process.pid,
  hostname,
  uptimeSeconds: uptime,
  nowMs: Date.now,
  uniqueToken: randomUUID,
  probe: (pid) => {
    process.kill(pid, 0)
  },
}

/** Opens a log whose file system is counted, and closes it behind `use`. What opening took is not yet taken. */
export async function withLog<T>(
  directory: string,
  options: OpenOptions,
  use: (log: Log, counting: CountingFs) => Promise<T>,
): Promise<T> {
  const counting = countingFs(directory)
  const storage = nodeStorage(directory, { fs: counting.fs, system })
  const log = await openLog({ ...options, storage })
  const result = await use(log, counting)
  await log.close()
  await storage.close()
  return result
}

/** As {@link withLog}, with calls that do their work before they return. */
export function withLogSync<T>(
  directory: string,
  options: OpenOptions,
  use: (log: SynchronousLog, counting: CountingFs) => T,
): T {
  const counting = countingFs(directory)
  const storage = nodeStorage(directory, { fs: counting.fs, system, synchronous: true })
  const log = openLogSync({ ...options, storage })
  const result = use(log, counting)
  log.closeSync()
  void storage.close()
  return result
}

/** A payload whose bytes are not zero. */
export function payloadOf(bytes: number): Uint8Array {
  return new Uint8Array(bytes).fill(7)
}

/** Nothing is synced unless asked. */
export const unsynced = {
  durability: 'async',
  async: { maxUnsyncedBytes: 2 ** 40, maxUnsyncedMs: 3_600_000 },
} as const
