import type { Failure, Location } from './failure.ts'

/** What the page may ask of the laboratory: the worker that opens the storage itself. */
export type LabRequest =
  /** Changes one byte of a file: flips the bits of `mask`. */
  | { readonly kind: 'flip'; readonly file: string; readonly position: number; readonly mask: number }
  /** Opens the log with `readOnly`, and reads all that is intact. */
  | { readonly kind: 'intact' }
  /** Removes a directory. */
  | { readonly kind: 'remove'; readonly directory: string }
  /** A few raw writes and as many appends, on a file and a log that the first turn makes. */
  | { readonly kind: 'bench-turn'; readonly payload: Uint8Array<ArrayBuffer> }
  /** Bursts, after the turns; then file and log are removed. */
  | { readonly kind: 'bench-bursts'; readonly payload: Uint8Array<ArrayBuffer> }

/** What a byte was, and is. */
export interface Flip {
  readonly before: number
  readonly after: number
}

/** What could be read though something is damaged. */
export interface Intact {
  readonly records: number
  /** Numbers that were read, as ranges. */
  readonly ranges: readonly (readonly [first: number, last: number])[]
  readonly damage: readonly Location[]
}

/** Samples in milliseconds. */
export interface BenchTurn {
  readonly raw: readonly number[]
  readonly log: readonly number[]
}

/** Many appends of one turn. */
export interface Burst {
  readonly records: number
  readonly ms: number
  readonly syncs: number
}

/** What each request is answered with. */
export interface LabAnswers {
  readonly flip: Flip
  readonly intact: Intact
  readonly remove: null
  readonly 'bench-turn': BenchTurn
  readonly 'bench-bursts': Burst
}

/** What the laboratory posts. */
export type LabReply =
  | { readonly ok: true; readonly value: LabAnswers[keyof LabAnswers] }
  | { readonly ok: false; readonly failure: Failure }
