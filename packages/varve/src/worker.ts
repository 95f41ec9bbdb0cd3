import { VarveError } from '@varve/codec'
import { serveWorker, type WorkerScope } from '@varve/port'
import { openLog, type LogOptions } from '@varve/segments'
import { opfsStorage } from '@varve/storage-opfs'

// The script of the worker that `openLog` of a page starts: importing it is all there is to do.

if (!('DedicatedWorkerGlobalScope' in globalThis)) {
  throw new VarveError('UNSUPPORTED', 'varve/worker is for a dedicated worker of a browser; elsewhere import varve')
}

serveWorker(globalThis as unknown as WorkerScope, {
  open: (directory, options) =>
    // What a page says is checked by openLog, like what anybody says.
    openLog({ ...(options as LogOptions), storage: opfsStorage({ directory }), ownsStorage: true }),
})
