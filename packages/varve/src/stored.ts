import { noStorage } from './no-storage.ts'
import { openLogWith, type OpenLog } from './openers.ts'

/** Opens a log on the storage that it is given, in this thread. */
export const openStored: OpenLog = openLogWith(noStorage)
