import type { Procedure } from '@varve/storage'
import { examine } from './examine/examine.ts'
import { overall, type Finding, type OverallVerdict } from './finding.ts'
import type { Settings } from './settings.ts'

/** What was made of one file. */
export interface VerifiedFile {
  readonly name: string
  readonly bytes: number
  readonly verdict: OverallVerdict
  /** Whether it is of no meaning any more: below the floor, or void behind a cut. It was not read. */
  readonly isArchived: boolean
}

/** Whether a log is well. */
export interface Verification {
  /** The worst of all files. */
  readonly verdict: OverallVerdict
  /** Segments in order, then checkpoints. */
  readonly files: readonly VerifiedFile[]
  readonly findings: readonly Finding[]
  /** Records from the floor on that are there. */
  readonly firstSequence: number
  readonly lastSequence: number
}

export function* verify(settings: Settings): Procedure<Verification> {
  const { segments, checkpoints, findings, floor, lastSequence } = yield* examine(settings)
  const verdictOf = (name: string): OverallVerdict => overall(findings.filter(({ file }) => file === name))
  const files = [
    ...segments.map(({ name, size, state }) => ({ name, bytes: size, isArchived: state === 'archived' })),
    ...checkpoints.map(({ name, size }) => ({ name, bytes: size ?? 0, isArchived: false })),
  ].map((file) => ({ ...file, verdict: verdictOf(file.name) }))
  const oldest = segments.find(({ state }) => state !== 'archived')
  const firstSequence = Math.max(floor, oldest?.firstSequence ?? 1)
  return { verdict: overall(findings), files, findings, firstSequence, lastSequence }
}
