export { bytesCodec, jsonCodec, textCodec, type EntryCodec } from '@varve/codec'
export { isVarveError, VarveError, type VarveErrorCode } from '@varve/codec'
export { memoryStorage } from '@varve/storage-memory'
export type { LogStorage } from '@varve/storage'
