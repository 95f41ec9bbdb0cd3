import type { Recovery } from '../../src/messages.ts'

/** What a child reports of a log that ended there. */
export function recovery(lastSequence: number, changes: Partial<Recovery> = {}): Recovery {
  return {
    created: lastSequence === 0,
    row: lastSequence === 0 ? undefined : 'last.clean-end',
    cleanShutdown: false,
    lastSequence,
    carriedRecords: 0,
    discarded: undefined,
    ...changes,
  }
}
