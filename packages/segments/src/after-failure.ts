import type { Procedure } from '@varve/storage'

/** The failure that ended the open is what the caller must hear of, not that of cleaning up behind it. */
export function* afterFailure(cleanUp: () => Procedure<void>): Procedure<void> {
  try {
    yield* cleanUp()
  } catch {
    // The lock and the descriptors die with the process.
  }
}
