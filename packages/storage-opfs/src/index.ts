export { browserPlatform } from './browser-platform.ts'
export type { OpfsDirectory, OpfsHandle, OpfsHold, OpfsPlatform } from './platform.ts'
export type { PoolStats } from './pool.ts'
export { opfsStorage, removeOpfsStorage, type OpfsStorage, type OpfsStorageOptions } from './storage.ts'
