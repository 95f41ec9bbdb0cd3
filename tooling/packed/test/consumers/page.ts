// A page with a log: what a bundler has to make of it, with nothing to configure.
import { isVarveError, openLog } from 'varve'

const log = await openLog('orders', { segmentBytes: 4 * 1024 * 1024 })
try {
  const sequence = await log.append(new Uint8Array([1, 2, 3]))
  for await (const { payload } of log.read({ from: sequence })) payload.fill(0)
} catch (error) {
  if (!isVarveError(error, 'NO_SPACE')) throw error
}
await log.close()
