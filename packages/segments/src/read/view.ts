import type { VarveError } from '@varve/codec'
import type { LogStorage, Runtime } from '@varve/storage'
import type { Visibility } from '../api/options.ts'
import { corrupt, type Damage } from './errors.ts'
import type { Segment } from '../segment.ts'

/** What readers need of a log, whoever writes it. They ask again at each step: it changes under them. */
export interface LogView {
  readonly storage: LogStorage
  readonly runtime: Runtime
  readonly kernel: 'auto' | 'portable'
  readonly readBytes: number
  /** Oldest record that can be read, or will be the first. */
  readonly firstSequence: number
  readonly segments: readonly Segment[]
  /** Number of the last record that readers may see. */
  visibleSequence(visibility: Visibility | undefined): number
  /** What is known to be damaged; empty for a log that is open for writing. */
  readonly damage: readonly Damage[]
}

/** The error of a reader that gets to records which are missing between two segments. */
export function missing(view: LogView, sequence: number): VarveError {
  const known = view.damage.find(({ firstSequence, lastSequence }) => {
    return (firstSequence ?? 1) <= sequence && sequence <= (lastSequence ?? Number.MAX_SAFE_INTEGER)
  })
  if (known !== undefined) return corrupt(known)
  const evidence = `record ${sequence} is in none of the segments`
  return corrupt({ file: 'the log', position: 0, row: 'reading', evidence, firstSequence: sequence })
}
