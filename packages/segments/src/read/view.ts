import type { VarveError } from '@varve/codec'
import type { LogStorage, Procedure, Runtime } from '@varve/storage'
import type { Visibility } from '../api/options.ts'
import { corrupt, type Damage } from './errors.ts'
import { fileBytes, isArchived, type Segment, type SegmentInfo } from '../segment.ts'
import type { Leases } from './leases.ts'
import type { Lookup } from './lookup.ts'
import type { Pulse } from './pulse.ts'
import type { ReadBuffers } from './read-buffers.ts'

/** What readers need of a log, whoever writes it. They ask again at each step: it changes under them. */
export interface LogView {
  readonly storage: LogStorage
  readonly runtime: Runtime
  readonly buffers: ReadBuffers
  /** Oldest record that can be read, or will be the first. */
  readonly firstSequence: number
  readonly segments: readonly Segment[]
  /** The segment that holds the record, or would; undefined where there is none. */
  segmentOf(sequence: number): Segment | undefined
  /** Finds single records; only where nobody else can remove the files that it keeps open. */
  readonly lookup?: Lookup | undefined
  /** Offset in the newest segment below which everything is durable, in bytes. */
  readonly durableEnd: number
  /** The latest list of checkpoints that is durable; empty when there is none. */
  readonly checkpoints: Uint8Array<ArrayBuffer>
  /** Who reads what, in this process. */
  readonly leases: Leases
  /** Told when more may be visible, and when the log has ended. */
  readonly moved: Pulse
  /** Number of the last record that readers may see. */
  visibleSequence(visibility: Visibility | undefined): number
  /** What is known to be damaged; empty for a log that is open for writing. */
  readonly damage: readonly Damage[]
  /** Present if somebody else writes the log: then it moves only when one looks at it again. */
  readonly foreign?: ForeignLog | undefined
}

/** How a log of another process is followed. */
export interface ForeignLog {
  /** Something may have changed since the last look. */
  readonly hasNews: boolean
  /** Looks again if something may have changed. */
  catchUp(): Procedure<void>
  /** Looks again. */
  refresh(): Procedure<void>
  /** Notices from now on when something may have changed, and tells. Returns what ends it. */
  follow(pollMs: number): () => void
}

/** The segments as users see them. */
export function describeSegments({ segments, firstSequence, leases }: LogView): readonly SegmentInfo[] {
  return segments.map((segment, at) => {
    const successor = segments[at + 1]
    const archived = successor !== undefined && isArchived(successor, firstSequence)
    const state = archived ? 'archived' : segment.state
    return { ...segment, state, bytes: fileBytes(segment), leases: leases.countFor(segment.index) }
  })
}

/** Whether the record is known to be damaged or missing. */
export function isKnownDamage(view: LogView, sequence: number): boolean {
  return damageAt(view, sequence) !== undefined
}

function damageAt(view: LogView, sequence: number): Damage | undefined {
  return view.damage.find(({ firstSequence, lastSequence }) => {
    return (firstSequence ?? 1) <= sequence && sequence <= (lastSequence ?? Number.MAX_SAFE_INTEGER)
  })
}

/** The error of a reader that gets to records which are missing between two segments. */
export function missing(view: LogView, sequence: number): VarveError {
  const known = damageAt(view, sequence)
  if (known !== undefined) return corrupt(known)
  const evidence = `record ${sequence} is in none of the segments`
  return corrupt({ file: 'the log', position: 0, row: 'reading', evidence, firstSequence: sequence })
}
