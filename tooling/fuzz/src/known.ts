/** Faults that were found and are not mended yet. Each has its input in the corpus, and a test that it still fails. */

export interface KnownFinding {
  readonly target: string
  /** Part of the message of the failure, by which it is told from others. */
  readonly message: string
  readonly why: string
}

export const knownFindings: readonly KnownFinding[] = []

/** The finding that a failure repeats, if it is known. */
export function knownAs(target: string, failure: Error): KnownFinding | undefined {
  return knownFindings.find((known) => known.target === target && failure.message.includes(known.message))
}
