export { memoryDisk, type MemoryDisk, type MemorySnapshot } from './disk.ts'
export { memoryStorage, type MemoryStorage, type MemoryStorageOptions } from './storage.ts'
