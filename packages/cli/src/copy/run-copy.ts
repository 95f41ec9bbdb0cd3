import { copyCheckpoints, isVarveError, openLog, VarveError, type Log, type Replica, type StreamPosition } from 'varve'
import type { LogStorage } from 'varve'
import { mustBeWhole } from '../must-be-whole.ts'

export interface CopyOptions {
  /** Whether to go on when the copy has everything, until the signal is aborted. */
  readonly follow: boolean
  /** Whether the copy may remove segments that the log promises no more. */
  readonly reclaim: boolean
  readonly signal: AbortSignal
  readonly onProgress: (progress: CopyProgress) => void
  /** Milliseconds between two looks at a log that is written elsewhere. */
  readonly pollMs?: number
}

export interface CopyProgress {
  /** What came, in bytes of segments. */
  readonly bytesDone: number
  /** What is to come altogether, as far as it was known at the start. */
  readonly bytesTotal: number
  readonly isFollowing: boolean
}

/** What a copy did. */
export interface CopyOutcome {
  readonly bytes: number
  /** Where it had gone on; undefined of a new one. */
  readonly from: StreamPosition | undefined
  /** Everything before it is durable in the copy. Undefined while nothing is. */
  readonly synced: StreamPosition | undefined
  /** The last record of the copy. */
  readonly lastSequence: number
  /** Checkpoints that are in the copy, newest first. */
  readonly checkpoints: readonly string[]
  /** Checkpoints of the log that cannot be had, with the reason. */
  readonly unusable: readonly { readonly name: string; readonly reason: string }[]
  /** Segments that were removed from the copy. */
  readonly removed: readonly string[]
  readonly isInterrupted: boolean
}

/** How much may be written and not synced while the copy is behind. */
const unsyncedBytesMax = 8 * 1024 * 1024

/**
 * Brings a replica up to what is durable in `log`, which was opened for reading, and with `follow` keeps it there. When
 * it ends, also by the signal, everything that came is durable.
 *
 * @throws VarveError (as a rejection) as `Log.stream`, `Replica.write` and `copyCheckpoints`.
 */
export async function runCopy(
  log: Log,
  replica: Replica,
  target: LogStorage,
  options: CopyOptions,
): Promise<CopyOutcome> {
  const copying = new Copying(log, replica, target, options)
  const from = replica.position
  let isInterrupted = false
  try {
    await copying.catchUp()
    if (options.follow) await copying.follow()
  } catch (error) {
    if (!isVarveError(error, 'ABORTED')) throw error
    isInterrupted = true
  }
  return { from, ...await copying.finish(), isInterrupted }
}

type Kept = Pick<CopyOutcome, 'lastSequence' | 'checkpoints' | 'unusable'>

class Copying {
  readonly #log: Log
  readonly #replica: Replica
  readonly #target: LogStorage
  readonly #options: CopyOptions
  readonly #bytesTotal: number
  #bytes = 0
  #unsyncedBytes = 0
  #kept: Kept = { lastSequence: 0, checkpoints: [], unusable: [] }
  #list = ''
  #removed: string[] = []

  constructor(log: Log, replica: Replica, target: LogStorage, options: CopyOptions) {
    this.#log = log
    this.#replica = replica
    this.#target = target
    this.#options = options
    this.#bytesTotal = bytesBehind(log, replica.position)
  }

  /** Up to what is durable; synced once in a while, for many syncs take their time. */
  async catchUp(): Promise<void> {
    const { signal } = this.#options
    for await (const chunk of this.#log.stream({ from: this.#replica.position, signal })) {
      await this.#replica.write(chunk)
      this.#wrote(chunk.bytes.length, false)
      if (this.#unsyncedBytes >= unsyncedBytesMax) await this.#sync()
    }
    await this.#sync()
    await this.#keep()
    mustBeWhole(this.#log)
  }

  /** From there on each piece is synced, and what the log keeps is looked at again. */
  async follow(): Promise<void> {
    const { signal, pollMs } = this.#options
    const polling = pollMs === undefined ? {} : { pollMs }
    const from = this.#replica.position
    for await (const chunk of this.#log.stream({ from, follow: true, signal, ...polling })) {
      await this.#replica.write(chunk)
      this.#wrote(chunk.bytes.length, true)
      await this.#sync()
      if (Buffer.from(this.#log.checkpointList).toString('hex') !== this.#list) await this.#keep()
    }
  }

  async finish(): Promise<Omit<CopyOutcome, 'from' | 'isInterrupted'>> {
    await this.#sync()
    await this.#keep()
    return { bytes: this.#bytes, synced: this.#replica.synced, ...this.#kept, removed: this.#removed }
  }

  #wrote(bytes: number, isFollowing: boolean): void {
    this.#bytes += bytes
    this.#unsyncedBytes += bytes
    this.#options.onProgress({ bytesDone: this.#bytes, bytesTotal: this.#bytesTotal, isFollowing })
  }

  async #sync(): Promise<void> {
    if (this.#unsyncedBytes > 0) await this.#replica.sync()
    this.#unsyncedBytes = 0
  }

  /** Copies the checkpoints whose records have come. */
  async #keep(): Promise<void> {
    if (this.#replica.synced === undefined) return
    const copy = await openLog({ storage: this.#target, readOnly: true })
    try {
      this.#list = Buffer.from(this.#log.checkpointList).toString('hex')
      const { present, unusable } = await copyCheckpoints(this.#log, copy)
      this.#kept = {
        lastSequence: copy.lastSequence,
        checkpoints: present,
        unusable: unusable.map(({ name, reason }) => ({ name, reason })),
      }
    } finally {
      await copy.close()
    }
    if (this.#options.reclaim) this.#removed.push(...await this.#replica.reclaim())
  }
}

/** Bytes of the segments of `log` behind a place. */
function bytesBehind({ segments }: Log, place: StreamPosition | undefined): number {
  const { segment = 0, offset = 0 } = place ?? {}
  return segments
    .filter(({ index }) => index >= segment)
    .reduce((sum, { index, bytes, state, end }) => {
      const held = state === 'sealed' ? bytes : end
      return sum + Math.max(0, held - (index === segment ? offset : 0))
    }, 0)
}

/** @throws VarveError `INVALID_ARGUMENT` */
export function checkApart(source: string, target: string): void {
  if (source !== target) return
  throw new VarveError('INVALID_ARGUMENT', 'source and copy are the same directory', { directory: source })
}
