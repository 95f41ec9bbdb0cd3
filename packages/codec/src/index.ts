export { viewOf } from './bytes.ts'
export { crc32, xxh64 } from './checksum.ts'
export { createKernel } from './create-kernel.ts'
export { isVarveError, VarveError, type VarveErrorCode, type VarveErrorContext } from './errors.ts'
export { encodeFileHeader } from './file-header.ts'
export { decodeFileHeader, type HeaderResult } from './file-header-decode.ts'
export { createFrameFields, foldChain, type FrameFields, readFrame } from './frame.ts'
export type { FileHeader } from './header.ts'
export {
  type FileLife,
  type Kernel,
  type MutableWord64,
  type ScanState,
  type ScanStop,
  scanStop,
  type Word64,
} from './kernel.ts'
export * from './layout.ts'
export { createPortableKernel } from './portable-kernel.ts'
export { createScanState, type ScanStart } from './scan-state.ts'
export { sameWord, wordFromBytes, wordToBytes, wordToHex } from './word.ts'
