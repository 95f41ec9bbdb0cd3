import { isVarveError, type VarveErrorCode } from '@varve/codec'
import { openLog, type Log, type LogOptions, type LogRecord } from '@varve/segments'
import { memoryStorage } from '@varve/storage-memory'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { expect, onTestFinished } from 'vitest'
import { connectLog, serveLog, type ConnectedLog, type ConnectOptions, type ServeOptions } from '../../src/index.ts'
import type { LogServer, PortLike } from '../../src/index.ts'

/** What was posted through a port. */
export interface Posted {
  readonly parts: readonly (readonly [kind: string, ...rest: unknown[]])[]
  readonly bytes: ArrayBuffer | undefined
  /** Of `bytes`, before they were transferred. */
  readonly length: number
}

/** A port that notes what goes out. */
export interface WatchedPort extends PortLike {
  readonly posted: Posted[]
  close(): void
}

function watched(port: MessagePort): WatchedPort {
  const posted: Posted[] = []
  const post = port.postMessage.bind(port) as PortLike['postMessage']
  return Object.assign(port, {
    posted,
    postMessage: (message: unknown, transfer: ArrayBuffer[]) => {
      const { parts, bytes } = (message ?? {}) as Posted
      posted.push({ parts, bytes, length: bytes?.byteLength ?? 0 })
      post(message, transfer)
    },
  })
}

export interface Ends {
  readonly near: WatchedPort
  readonly far: WatchedPort
}

/** Two ports, closed when the test is over. */
export function channel(): Ends {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => {
    port1.close()
    port2.close()
  })
  return { near: watched(port1), far: watched(port2) }
}

export async function newLog(options: Partial<LogOptions> = {}): Promise<Log> {
  const log = await openLog({ storage: memoryStorage(), segmentBytes: 65_536, ...options })
  onTestFinished(async () => { await log.close().catch(() => undefined) })
  return log
}

export interface Pair extends Ends {
  readonly log: Log
  readonly server: LogServer
  readonly client: ConnectedLog
}

/** A log and a client of it. */
export async function pair(
  options: { log?: Partial<LogOptions>; serve?: ServeOptions; connect?: ConnectOptions } = {},
): Promise<Pair> {
  return await pairOf(await newLog(options.log), options)
}

/** A client of `log`. */
export async function pairOf(
  log: Log,
  options: { serve?: ServeOptions; connect?: ConnectOptions } = {},
): Promise<Pair> {
  const ends = channel()
  const server = serveLog(ends.near, log, options.serve)
  const client = await connectLog(ends.far, options.connect)
  return { ...ends, log, server, client }
}

export function text(value: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(value)
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

/** What `work` is rejected with, which must be of `code`. */
export async function failure(code: VarveErrorCode, work: () => unknown): Promise<Error & { cause?: unknown }> {
  const error: unknown = await Promise.resolve()
    .then(work)
    .then(
      () => { throw new Error(`${code} was expected, and nothing was wrong`) },
      (thrown: unknown) => thrown,
    )
  if (!isVarveError(error)) throw error
  expect(error.code, error.message).toBe(code)
  return error
}

/** Lets everything come through that is on its way. */
export async function settled(rounds = 20): Promise<void> {
  for (let round = 0; round < rounds; round += 1) await new Promise((resolve) => { setImmediate(resolve) })
}

/** The next record, whose type an iterator does not say. */
export async function next(records: AsyncIterator<LogRecord>): Promise<LogRecord | undefined> {
  return ((await records.next()) as IteratorResult<LogRecord, undefined>).value
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
