import type { LogVariant, Step } from './crash-life.ts'

/** What workloads are made of, in the smallest geometry: a few bytes, a few frames, more than half a segment. */
export const small: Step = { do: 'append', bytes: 30 }
export const batch: Step = { do: 'batch', bytes: [10, 50, 20] }
export const large: Step = { do: 'append', bytes: 2600 }
export const enqueue: Step = { do: 'enqueue', bytes: 70 }
export const sync: Step = { do: 'sync' }
export const reopen: Step = { do: 'reopen' }

/** Keeps the last record; keeps none. */
export const archive: Step = { do: 'archive', keep: 1 }
export const archiveAll: Step = { do: 'archive', keep: 0 }
export const reclaim: Step = { do: 'reclaim' }
export const checkpoints: Step = { do: 'checkpoints', bytes: 60 }

export const everyStep: readonly Step[] = [small, batch, large, reopen]
/** In the `async` mode a sync makes a difference. */
export const everyAsyncStep: readonly Step[] = [...everyStep, sync]

export const asynchronously: LogVariant = { durability: 'async' }
export const inBlocks: LogVariant = { commitAlignment: 'block' }
/** The block that a device damages as a whole while it is being rewritten: the block of the smallest geometry. */
export const damagedBlockBytes = 128
