import { openLog, removeOpfsStorage, type Log } from 'varve/opfs'
import type { BenchTurn, Burst } from '../logic/asks.ts'
import { measureBursts } from '../logic/bursts.ts'
import { benchDirectory, benchSegmentBytes, rawFile, turnRecords } from '../logic/names.ts'

/** Written before anything is measured, and written over then: a segment has its size already too. */
const rawBytes = 2 ** 20
const now = (): number => performance.now()

/** Raw writes with a flush each, and appends to a log in the mode `sync`, in turns. */
export class Bench {
  readonly #handle: FileSystemSyncAccessHandle
  readonly #log: Log
  #position = 0

  private constructor(handle: FileSystemSyncAccessHandle, log: Log) {
    this.#handle = handle
    this.#log = log
  }

  static async open(): Promise<Bench> {
    await removeOpfsStorage({ directory: benchDirectory })
    const log = await openLog(benchDirectory, { segmentBytes: benchSegmentBytes, durability: 'sync' })
    const root = await navigator.storage.getDirectory()
    const handle = await (await root.getFileHandle(rawFile, { create: true })).createSyncAccessHandle()
    handle.write(new Uint8Array(rawBytes), { at: 0 })
    handle.flush()
    return new Bench(handle, log)
  }

  async turn(payload: Uint8Array<ArrayBuffer>): Promise<BenchTurn> {
    const raw: number[] = []
    for (let at = 0; at < turnRecords; at += 1) raw.push(this.#write(payload))
    const log: number[] = []
    for (let at = 0; at < turnRecords; at += 1) {
      const began = now()
      await this.#log.append(payload)
      log.push(now() - began)
    }
    return { raw, log }
  }

  async bursts(payload: Uint8Array): Promise<Burst> {
    return await measureBursts(this.#log, payload, now)
  }

  /** Removes all that was measured on. */
  async end(): Promise<void> {
    this.#handle.close()
    await this.#log.close()
    await (await navigator.storage.getDirectory()).removeEntry(rawFile)
    await removeOpfsStorage({ directory: benchDirectory })
  }

  #write(payload: Uint8Array<ArrayBuffer>): number {
    const at = this.#position
    this.#position = (at + payload.length) % (rawBytes - payload.length)
    const began = now()
    this.#handle.write(payload, { at })
    this.#handle.flush()
    return now() - began
  }
}
