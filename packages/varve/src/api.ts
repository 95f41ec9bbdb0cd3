export { isVarveError, VarveError, type VarveErrorCode } from '@varve/codec'
export * from '@varve/segments'
export { memoryStorage } from '@varve/storage-memory'
export type { LogStorage } from '@varve/storage'
