import type { RecoveryReport } from 'varve'

/** What a child is started with. */
export interface WriterOrders {
  readonly directory: string
  readonly file: string
  readonly segmentBytes: number
  /** The type of every record it writes: tells later who wrote it. From 1 to 65,535. */
  readonly life: number
  /** Finish the lap through the file, close the log and end. Otherwise go on until killed. */
  readonly finish: boolean
  /** Acknowledge before appending: a liar, to see the demo fail. */
  readonly dishonest: boolean
}

/** What a child says, one line of JSON each. */
export type WriterMessage =
  | { readonly kind: 'opened'; readonly recovery: Recovery }
  | { readonly kind: 'acknowledged'; readonly sequences: readonly number[]; readonly syncMs: number }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly reason: string }

/** The part of the recovery report that the demo counts. */
export type Recovery = Pick<
  RecoveryReport,
  'created' | 'row' | 'cleanShutdown' | 'lastSequence' | 'carriedRecords' | 'discarded'
>

export function encodeMessage(message: WriterMessage): string {
  return `${JSON.stringify(message)}\n`
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
