import type { Durability } from '@varve/segments'

/** How a writer or its storage lies, to see that the scenario notices. */
export type Lie =
  | 'none'
  /** The writer says that a record was acknowledged before it appends it. */
  | 'acknowledges-early'
  /** `sync` and `syncNames` do nothing. */
  | 'syncs-nothing'
  /** Writes and syncs that fail are reported as done. */
  | 'hides-errors'

/** What a writing process is started with. */
export interface WriterOrders {
  readonly directory: string
  readonly seed: number
  readonly life: number
  readonly durability: Durability
  /** Without an event loop: one append at a time. */
  readonly synchronous: boolean
  /** How many producers append at the same time. */
  readonly producers: number
  readonly segmentBytes: number
  readonly blockBytes: number
  /** Append so many, close, and end. 0: open only, and wait for the end. Undefined: go on until killed. */
  readonly records: number | undefined
  readonly lie: Lie
}

/** What a writer says, one line of JSON each. `through`: this record and all before it. */
export type WriterMessage =
  | { readonly kind: 'opened'; readonly lastSequence: number; readonly row: string | undefined }
  | { readonly kind: 'attempted'; readonly through: number }
  | { readonly kind: 'acknowledged'; readonly through: number }
  | { readonly kind: 'covered'; readonly through: number }
  | { readonly kind: 'shown'; readonly through: number }
  /** The log broke a promise before this writer's eyes. */
  | { readonly kind: 'broken'; readonly promised: string; readonly found: string }
  | Failure
  | { readonly kind: 'closed' }

/** A call of the log failed. */
export interface Failure {
  readonly kind: 'failed'
  /** `open`, `append`, `sync`, `read`, `close`; `log`: it was poisoned, whoever noticed. */
  readonly doing: string
  /** Of a `VarveError`; undefined: it was something else. */
  readonly code: string | undefined
  /** Of the `VarveError` that is its cause. */
  readonly causeCode: string | undefined
  readonly message: string
}

/** Puts the messages of a stream together again. The end of one that a kill cut short never becomes a message. */
export class MessageReader {
  #rest = ''

  read(chunk: string): WriterMessage[] {
    const lines = (this.#rest + chunk).split('\n')
    this.#rest = lines.pop() ?? ''
    return lines.map((line) => JSON.parse(line) as WriterMessage)
  }
}
