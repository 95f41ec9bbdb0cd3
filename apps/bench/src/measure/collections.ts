import type { CollectionOrders, CollectionResult } from '../children/orders.ts'
import { runChild } from '../children/run-child.ts'
import type { Measurement, Place } from '../measurement.ts'
import { rowsOf, valueAtMost, type Row } from '../row.ts'

const script = new URL('../children/collections.mjs', import.meta.url)

/** Garbage collections while millions of records of 256 B are taken, and nothing of them is written. */
export const collections: Measurement = { name: 'collections', run: measureCollections }

function measureCollections({ scale, flags, warn }: Place): readonly Row[] {
  const records = scale.collectedRecords
  const count = (calls: CollectionOrders['calls']): readonly number[] => {
    const result = runChild(script, { records, calls } satisfies CollectionOrders, flags) as CollectionResult
    return result.collections === undefined ? [] : [result.collections]
  }
  const enqueued = count('enqueue')
  if (enqueued.length === 0) {
    warn('garbage collections: this runtime does not tell of them')
    return []
  }
  const group = `garbage collections, ${records.toLocaleString('en-US')} records of 256 B, without the writes`
  return rowsOf(group, 'collections', 'durations', [
    { name: 'enqueue', samples: enqueued, budget: valueAtMost(0) },
    { name: 'append, a thousand under way', samples: count('append') },
  ])
}
