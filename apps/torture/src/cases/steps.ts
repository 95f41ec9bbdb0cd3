import type { Step } from '../system/log-variant.ts'

/** What workloads are made of, in the smallest geometry: a few bytes, a few frames, more than half a segment. */
export const small: Step = { do: 'append', bytes: 30 }
export const batch: Step = { do: 'batch', bytes: [10, 50, 20] }
export const large: Step = { do: 'append', bytes: 2600 }
export const reopen: Step = { do: 'reopen' }
export const sync: Step = { do: 'sync' }
const enqueue: Step = { do: 'enqueue', bytes: 70 }
export const read: Step = { do: 'read' }
const wait: Step = { do: 'wait' }
const pause: Step = { do: 'pause' }
const middle: Step = { do: 'append', bytes: 800 }

export const tail: Step = { do: 'tail' }
export const archive: Step = { do: 'archive' }
export const reclaim: Step = { do: 'reclaim' }
export const checkpoint: Step = { do: 'checkpoint' }

export const calls: readonly Step[] = [small, batch, middle, large, enqueue, sync, reopen, wait, read]
export const everything: readonly Step[] = [...calls, tail, archive, reclaim, checkpoint, pause]

const abort: Step = { do: 'abort' }
const overwrite: Step = { do: 'overwrite' }

/** More than a queue of a few hundred bytes holds, and callers that do not wait until they are heard. */
const shoving: readonly Step[] = [small, batch, enqueue, middle, small, sync, abort, overwrite]
export const crowd: readonly Step[] = [...shoving, archive, tail, wait]
