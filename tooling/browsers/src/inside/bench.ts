// Measures in this worker, and tells the rows. Orders: see `bench/`.
import type { WorkerLike } from '@varve/port'
import { measureInBrowser } from '../../../../apps/bench/src/browser/measure.ts'
import { full, quick, tiny } from '../../../../apps/bench/src/scale.ts'
import { orders, type Orders } from './orders.ts'
import { tell } from './tell.ts'
import { explain } from '@varve/portable-tests/run'

/** What a bench is told to do. */
export interface BenchOrders {
  readonly scale: keyof typeof scales
  readonly directory: string
  /** The script of a worker that serves a log. */
  readonly worker: string
}

declare const Worker: new (url: string, options: { readonly type: 'module' }) => WorkerLike

const scales = { full, quick, tiny }
const { scale, directory, worker } = orders() as Orders & BenchOrders

try {
  const startWorker = (): WorkerLike => new Worker(worker, { type: 'module' })
  tell('rows', await measureInBrowser({ scale: scales[scale], directory, startWorker }))
} catch (error) {
  tell('failed', explain(error))
}
