export type { FileFacts, NodeFs } from './fs.ts'
export { nodeStorage, type NodeStorage, type NodeStorageOptions } from './storage.ts'
export type { NodeSystem } from './system.ts'
