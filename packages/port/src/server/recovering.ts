import { recover, type CheckpointInfo, type CheckpointRecovery } from '@varve/checkpoint'
import type { Log, LogRecord } from '@varve/segments'
import { ignore } from '../deferred.ts'
import { batchBytesDefault, recordOverheadBytes } from '../limits.ts'
import { letGo } from '../wire/losses.ts'
import type { Peer } from '../wire/peer.ts'
import { putAll, recordRows } from '../wire/table.ts'

type Chunks = AsyncIterator<Uint8Array<ArrayBuffer>>

/** Recoveries whose state is made on the other side: chunks and records go there, each when it is wanted. */
export class Recoveries {
  readonly #log: Log
  readonly #peer: Peer
  /** States that are being restored, by the numbers that the client gave to its recoveries. */
  readonly #states = new Map<number, Chunks>()

  constructor(log: Log, peer: Peer) {
    this.#log = log
    this.#peer = peer
  }

  async recover(of: number): Promise<CheckpointRecovery> {
    const batch: LogRecord[] = []
    let bytes = 0
    const send = async (): Promise<void> => {
      const records = batch.splice(0)
      bytes = 0
      const args = { of, rows: recordRows(records) }
      await this.#peer.call('apply', (put) => ({ ...args, at: putAll(put, records) }), ignore)
    }
    try {
      const report = await recover(this.#log, {
        restore: (state, info) => this.#restore(of, state[Symbol.asyncIterator](), info),
        apply: (record) => {
          batch.push(record)
          bytes += record.payload.length + recordOverheadBytes
          return bytes >= batchBytesDefault ? send() : undefined
        },
      })
      if (batch.length > 0) await send()
      return report
    } finally {
      this.#states.delete(of)
    }
  }

  /** The next chunk of the state that is being restored; undefined at its end. */
  async chunk(of: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const chunks = this.#states.get(of)
    if (chunks === undefined) throw letGo('the recovery')
    const step = await chunks.next()
    return step.done === true ? undefined : step.value
  }

  /** Resolves when the client has restored it. Too late for a chunk is for the checkpoint to say. */
  #restore(of: number, chunks: Chunks, info: CheckpointInfo): Promise<void> {
    this.#states.set(of, chunks)
    const { sequence, name, bytes } = info
    return this.#peer.call('restore', () => ({ of, info: { sequence, name, bytes } }), ignore)
  }
}
