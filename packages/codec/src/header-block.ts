import { decodeFileHeader } from './file-header-decode.ts'
import type { FileHeader } from './header.ts'
import { fileHeaderBytes, type FileKind, formatMajor, formatMinor } from './layout.ts'
import type { DecodeFailure, IncompleteResult } from './record.ts'

/** The first block of a file or stream, whole and valid. */
export interface HeaderBlock {
  readonly kind: 'header'
  readonly header: FileHeader
}

/** Reads the header block that `bytes` begin with: the header, its kind, and the zeros behind it. */
export function readHeaderBlock(
  bytes: Uint8Array,
  kinds: readonly FileKind[],
): HeaderBlock | IncompleteResult | DecodeFailure {
  const position = 0
  const result = decodeFileHeader(bytes)
  if (result.kind === 'short') return incompleteHeader(result.needed)
  if (result.kind === 'not-a-header') return { kind: 'not-a-log', position, message: result.reason }
  if (result.kind === 'unsupported') {
    const features = result.requiredFeatures.toString(2)
    const written = `written in format ${result.major}.${result.minor} with required features ${features}`
    const message = `${written}; this is format ${formatMajor}.${formatMinor}, which knows none`
    return { kind: 'unsupported', position, message }
  }
  const { kind, blockBytes } = result.header
  if (!kinds.includes(kind)) {
    return { kind: 'not-a-log', position, message: `a file of kind ${kind}, expected ${kinds.join(' or ')}` }
  }
  if (bytes.length < blockBytes) return incompleteHeader(blockBytes)
  if (bytes.subarray(fileHeaderBytes, blockBytes).some((byte) => byte !== 0)) {
    const message = 'the rest of the header block is not zeros'
    return { kind: 'invalid', position, reason: 'file-header', message }
  }
  return { kind: 'header', header: result.header }
}

/** The bytes end inside the header block, of which `needed` bytes are wanted. */
export function incompleteHeader(needed: number): IncompleteResult {
  return { kind: 'incomplete', position: 0, needed, message: 'the bytes end inside the file header' }
}
