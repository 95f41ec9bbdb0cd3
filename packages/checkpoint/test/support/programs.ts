import { isVarveError, type VarveError, type VarveErrorCode } from '@varve/codec'
import { openLog, openLogSync, type Log, type LogOptions, type SynchronousLog } from '@varve/segments'
import {
  createCheckpointPublisher,
  createCheckpointPublisherSync,
  recover,
  recoverSync,
  type CheckpointRecovery,
  type CheckpointState,
  type PublisherOptions,
  type PublishOptions,
  type PublishReport,
  type SynchronousCheckpointState,
} from '../../src/index.ts'

/** One record of 2,600 bytes fills a segment. */
export const geometry = { segmentBytes: 4096, blockBytes: 128, stagingBytes: 4096, readBytes: 4096 } as const

/** What a recovery gave to its program, beside its report. */
export interface Recovered extends CheckpointRecovery {
  /** Undefined if nothing was restored. */
  readonly state: string | undefined
  readonly applied: readonly number[]
}

/** A log with checkpoints, whichever face it has. */
export interface Program {
  readonly log: Log | SynchronousLog
  append(records: number, bytes?: number): Promise<void>
  publish(state: SynchronousCheckpointState, options?: PublishOptions): Promise<PublishReport>
  recover(): Promise<Recovered>
  close(): Promise<void>
}

/** Both faces. A synchronous one throws inside a promise here. */
export const faces = [
  ['asynchronous', openProgram] as const,
  ['synchronous', openProgramSync] as const,
] as const

export type OpenProgram = (options: LogOptions, publisher?: PublisherOptions) => Promise<Program>

export async function openProgram(options: LogOptions, publishing?: PublisherOptions): Promise<Program> {
  const log = await openLog({ ...geometry, ...options })
  const publisher = createCheckpointPublisher(log, publishing)
  return {
    log,
    async append(records, bytes = 20) {
      for (let left = records; left > 0; left -= 1) await log.append(new Uint8Array(bytes))
    },
    publish: (state: CheckpointState, sequence) => publisher.publish(state, sequence),
    async recover() {
      let state: string | undefined
      const applied: number[] = []
      const report = await recover(log, {
        async restore(chunks) {
          const all: Uint8Array[] = []
          for await (const chunk of chunks) all.push(chunk)
          state = Buffer.concat(all).toString()
        },
        async apply({ sequence }) { applied.push(sequence) },
      })
      return { ...report, state, applied }
    },
    close: () => log.close(),
  }
}

export async function openProgramSync(options: LogOptions, publishing?: PublisherOptions): Promise<Program> {
  const log = openLogSync({ ...geometry, ...options })
  const publisher = createCheckpointPublisherSync(log, publishing)
  return {
    log,
    async append(records, bytes = 20) {
      for (let left = records; left > 0; left -= 1) log.appendSync(new Uint8Array(bytes))
    },
    publish: async (state, sequence) => publisher.publishSync(state, sequence),
    async recover() {
      let state: string | undefined
      const applied: number[] = []
      const report = recoverSync(log, {
        restore(chunks) { state = Buffer.concat([...chunks]).toString() },
        apply({ sequence }) { applied.push(sequence) },
      })
      return { ...report, state, applied }
    },
    close: async () => { log.closeSync() },
  }
}

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text))
}

/** The error that `action` throws or rejects with, which must be a `VarveError` of `code`. */
export async function failure(code: VarveErrorCode, action: () => unknown): Promise<VarveError> {
  try {
    await action()
  } catch (error) {
    if (isVarveError(error, code)) return error
    throw new Error(`expected ${code}`, { cause: error })
  }
  throw new Error(`expected ${code}, and nothing was thrown`)
}

/** A name that is as long as they all are. */
export function named(sequence: number): string {
  return `${sequence.toString(16).padStart(16, '0')}.checkpoint`
}
