// A stand-in with the signatures of the real package: small states, held in memory as a whole.
import { VarveError } from '@varve/codec'
import type { Log, LogRecord } from '@varve/segments'
import { callOut, io, type LogFile, type MaybePromise, type Procedure } from '@varve/storage'

export type CheckpointState = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

export interface CheckpointPublisher {
  publish(state: CheckpointState, options?: { readonly sequence?: number }): Promise<{ readonly sequence: number }>
}

export interface RecoverHandlers {
  restore(state: AsyncIterable<Uint8Array>, info: { readonly sequence: number }): MaybePromise<void>
  apply(record: LogRecord): MaybePromise<void>
}

export interface RecoverReport {
  readonly checkpoint: number | undefined
  readonly records: number
}

const nameOf = (sequence: number): string => `${sequence.toString(16).padStart(16, '0')}.checkpoint`
const listed = (log: Log): number[] => {
  const list = log.checkpointList
  return list.length === 0 ? [] : (JSON.parse(new TextDecoder().decode(list)) as number[])
}

function digest(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}

export function createCheckpointPublisher(log: Log, options: { keep?: number } = {}): CheckpointPublisher {
  const { keep = 2 } = options
  return {
    async publish(state, { sequence = log.lastSequence } = {}) {
      if (listed(log).includes(sequence)) return { sequence }
      const chunks: Uint8Array[] = []
      if (state instanceof Uint8Array) chunks.push(state)
      else for await (const chunk of state) chunks.push(chunk)
      const bytes = new Uint8Array(4 + chunks.reduce((sum, { length }) => sum + length, 0))
      let at = 4
      for (const chunk of chunks) {
        bytes.set(chunk, at)
        at += chunk.length
      }
      new DataView(bytes.buffer).setUint32(0, digest(bytes.subarray(4)), true)
      await log.procedures.runtime.run(write(log, nameOf(sequence), bytes))
      const kept = [...listed(log), sequence].slice(-keep)
      await log.recordCheckpoints(new TextEncoder().encode(JSON.stringify(kept)))
      await log.reclaim((kept[0] as number) + 1)
      return { sequence }
    },
  }
}

function* write(log: Log, name: string, bytes: Uint8Array<ArrayBuffer>): Procedure<void> {
  const { storage } = log.procedures
  const draft = `${name}.new`
  yield* log.procedures.sync()
  for (const old of yield* io('list', () => storage.list())) {
    if (old.endsWith('.new')) yield* io('remove', () => storage.remove(old))
  }
  const file = yield* io('create', () => storage.open(draft, 'create'))
  try {
    yield* io('write', () => file.write(bytes, 0))
    yield* io('sync', () => file.sync())
  } finally {
    yield* io('close', () => file.close())
  }
  yield* io('rename', () => storage.rename(draft, name))
  yield* io('sync names', () => storage.syncNames())
}

export async function recover(log: Log, { restore, apply }: RecoverHandlers): Promise<RecoverReport> {
  const { runtime, storage } = log.procedures
  function* load(sequence: number): Procedure<Uint8Array<ArrayBuffer> | undefined> {
    const file: LogFile = yield* io('open', () => storage.open(nameOf(sequence), 'read'))
    try {
      const bytes = new Uint8Array(yield* io('size', () => file.size()))
      yield* io('read', () => file.read(bytes, 0))
      const state = bytes.subarray(4)
      return digest(state) === new DataView(bytes.buffer).getUint32(0, true) ? state : undefined
    } catch {
      return undefined
    } finally {
      yield* io('close', () => file.close())
    }
  }
  function* recovering(): Procedure<RecoverReport> {
    let from: number | undefined
    for (const sequence of listed(log).reverse()) {
      let state: Uint8Array<ArrayBuffer> | undefined
      try {
        state = yield* load(sequence)
      } catch {
        state = undefined
      }
      if (state === undefined || sequence > log.lastSequence) continue
      const given = state
      const chunks = (async function* () {
        for (let at = 0; at < given.length; at += 1000) yield Promise.resolve(given.slice(at, at + 1000))
      })()
      yield* callOut(() => restore(chunks, { sequence }))
      from = sequence
      break
    }
    if (from === undefined && log.firstSequence > 1) {
      throw new VarveError('CORRUPT', 'no checkpoint is left of those that the log stands on')
    }
    const source = log.procedures.read({ from: (from ?? 0) + 1 })
    let records = 0
    try {
      for (;;) {
        const some = yield* source.next()
        if (some === undefined) break
        for (const record of some) yield* callOut(() => apply(record))
        records += some.length
      }
    } finally {
      yield* source.close()
    }
    return { checkpoint: from, records }
  }
  return await runtime.run(recovering())
}
