import { parentPort, workerData } from 'node:worker_threads'
import { openLog } from '@varve/segments'
import { memoryStorage } from '@varve/storage-memory'
import { nodeStorage } from '@varve/storage-node'
import { serveLog } from '../../src/index.ts'

/** A worker that owns a log, in the directory that it is given or in memory, and serves it to whoever started it. */
const { directory } = workerData as { directory: string | undefined }
const storage = directory === undefined ? memoryStorage() : nodeStorage(directory)
if (parentPort === null) throw new Error('this is the source of a worker')

const server = serveLog(parentPort, openLog({ storage, ownsStorage: true }), { ownsLog: true })
// What is not of this package goes through the same port, and is nobody else's business.
parentPort.on('message', (message: unknown) => {
  if (message === 'die') process.exit(7)
  if (message === 'throw') throw new Error('as planned')
})
await server.closed
// A worker ends when nobody listens to its port any more.
parentPort.close()
