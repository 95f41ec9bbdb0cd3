import type { Peer } from './peers/peer.ts'
import type { Row } from './row.ts'
import type { Scale } from './scale.ts'

/** What a measurement is given. */
export interface Place {
  /** Empty, and its own: whatever it leaves there is removed. */
  readonly directory: string
  readonly scale: Scale
  /** What there is to compare with. */
  readonly peers: readonly Peer[]
  /** Of the runtime, for processes that it starts. */
  readonly flags: readonly string[]
  /** Says what could not be measured here, and why. */
  readonly warn: (text: string) => void
}

/** One thing that is measured by itself. */
export interface Measurement {
  /** What `--filter` looks at: the family, then what is measured, then the sizes. */
  readonly name: string
  readonly run: (place: Place) => readonly Row[] | Promise<readonly Row[]>
}
