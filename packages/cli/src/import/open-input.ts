import { open, type FileHandle } from 'node:fs/promises'
import { VarveError } from 'varve'
import type { Input } from './window.ts'

/** Bytes that are read at once where a file is read from its beginning to its end. */
const chunkBytes = 256 * 1024

/** A file that is open for reading. */
export interface OpenInput extends Input {
  /** From the beginning, a piece at a time, each valid until the next. */
  chunks(): AsyncGenerator<Uint8Array, void, void>
}

/**
 * Lends a file for reading, and closes it whatever happens.
 *
 * @throws VarveError (as a rejection) `NOT_FOUND`, `IO`, and `INVALID_ARGUMENT` of what is no file.
 */
export async function withInput<T>(path: string, use: (input: OpenInput) => Promise<T>): Promise<T> {
  const handle = await opened(path)
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw new VarveError('INVALID_ARGUMENT', `${path} is no file`, { file: path })
    return await use(inputOf(handle, stats.size))
  } finally {
    await handle.close()
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new VarveError(code === 'ENOENT' ? 'NOT_FOUND' : 'IO', message, { file: path }, error)
  }
}

function inputOf(handle: FileHandle, size: number): OpenInput {
  const read: Input['read'] = async (into, position) => {
    const { bytesRead } = await handle.read(into, 0, into.length, position)
    return bytesRead
  }
  return {
    size,
    read,
    chunks: async function* () {
      const buffer = new Uint8Array(chunkBytes)
      for (let at = 0; at < size; ) {
        const bytes = await read(buffer.subarray(0, Math.min(chunkBytes, size - at)), at)
        if (bytes === 0) return
        yield buffer.subarray(0, bytes)
        at += bytes
      }
    },
  }
}
