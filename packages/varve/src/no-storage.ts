import { VarveError } from '@varve/codec'
import type { PlatformStorage } from './openers.ts'

/** Where directories mean nothing in this thread. */
export const noStorage: PlatformStorage = (directory) => {
  throw new VarveError(
    'UNSUPPORTED',
    `varve has no storage for directories in this thread ('${directory}'); pass a storage in the options`,
  )
}
