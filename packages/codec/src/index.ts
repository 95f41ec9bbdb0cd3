export { viewOf } from './bytes.ts'
export { crc32, xxh64 } from './checksum.ts'
export { createKernel } from './create-kernel.ts'
export { decodeError } from './decode-error.ts'
export type { FrameOrder } from './decode-frame.ts'
export { type DecodeOptions, decodeRecord } from './decode-record.ts'
export { type EncodeOptions, encodeRecord } from './encode-record.ts'
export { type BytesCodec, bytesCodec, type EntryCodec, jsonCodec, textCodec } from './entry-codec.ts'
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
export {
  type DecodedRecord,
  type DecodeFailure,
  type DecodeResult,
  type FramePlace,
  type IncompleteResult,
  type InvalidResult,
  maxRecordBytesDefault,
  type NotALogResult,
  recordBytesMax,
  type RecordInput,
  type RecordResult,
  type TooLargeResult,
  type UnsupportedResult,
} from './record.ts'
export { type DecoderResult, RecordDecoder, type RecordDecoderOptions } from './record-decoder.ts'
export { RecordEncoder, type RecordEncoderOptions } from './record-encoder.ts'
export { createScanState, type ScanStart } from './scan-state.ts'
export { recordDecoderStream, recordEncoderStream, type RecordTransform } from './streams.ts'
export { sameWord, wordFromBytes, wordToBytes, wordToHex } from './word.ts'
