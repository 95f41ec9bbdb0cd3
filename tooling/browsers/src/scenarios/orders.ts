import type { ReaderOrders } from '../inside/reader.ts'
import type { WriterOrders } from '../inside/writer.ts'

export const writerScript = '/tooling/browsers/src/inside/writer.js'
export const readerScript = '/tooling/browsers/src/inside/reader.js'

const place = { directory: 'scenario/log', adapter: 'pool', poolSize: 8, waitMs: 5000 } as const
const shared = { ...place, segmentBytes: 64 * 1024, bytesMax: 600 }

export function writerOrders(changes: Partial<WriterOrders> = {}): WriterOrders {
  return { ...shared, durability: 'sync', producers: 3, firstProducer: 1, keep: 0, youngPauseMs: 0, ...changes }
}

export function readerOrders(changes: Partial<ReaderOrders> = {}): ReaderOrders {
  return { ...shared, producer: 1_000_000, ...changes }
}
