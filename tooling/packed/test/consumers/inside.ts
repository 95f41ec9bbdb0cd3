// A dedicated worker with a log of its own, synchronous as well.
import { openLog, openLogSync, opfsStorage } from 'varve/opfs'

const log = await openLog('orders')
await log.append(new Uint8Array([1]))
const storage = opfsStorage({ directory: 'ledger', synchronous: true })
await storage.ready()
const ledger = openLogSync({ storage })
ledger.appendSync(new Uint8Array([1]))
