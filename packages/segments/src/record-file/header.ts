import { decodeFileHeader, fileHeaderBytes, fileKind, formatMajor, formatMinor, VarveError } from '@varve/codec'
import { io, type LogStorage, type Procedure } from '@varve/storage'
import type { FramedFile } from '../read/frame-reader.ts'
import { readBytes } from '../read/read-bytes.ts'

export type FoundFile = FramedFile

/** Reads the header of a record file, or says why it is none. */
export function* readRecordFileHeader(storage: LogStorage, name: string): Procedure<FoundFile> {
  const file = yield* io(`open ${name}`, () => storage.open(name, 'read'))
  try {
    const bytes = new Uint8Array(fileHeaderBytes)
    const read = yield* readBytes(file, name, bytes, 0)
    const result = decodeFileHeader(bytes.subarray(0, read))
    if (result.kind === 'unsupported') throw unsupported(name, result.major, result.minor)
    if (result.kind !== 'header' || result.header.kind !== fileKind.recordFile) throw notARecordFile(name)
    return { name, header: result.header }
  } finally {
    yield* io(`close ${name}`, () => file.close())
  }
}

function unsupported(name: string, major: number, minor: number): VarveError {
  return new VarveError(
    'UNSUPPORTED_FORMAT',
    `${name} has format ${major}.${minor} or features that this version, which reads format ${formatMajor}.` +
      `${formatMinor}, does not know; upgrade`,
    { file: name, major, minor },
  )
}

function notARecordFile(name: string): VarveError {
  return new VarveError('NOT_A_LOG', `${name} does not begin with the header of a record file; nothing was changed`, {
    file: name,
    position: 0,
  })
}
