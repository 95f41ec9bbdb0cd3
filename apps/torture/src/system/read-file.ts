import type { LogStorage } from '@varve/storage'

/** The first bytes of a file as text; the file is opened by a storage that answers at once. */
export function readFile(storage: LogStorage, name: string, bytes: number): string {
  const file = storage.open(name, 'read') as { read(target: Uint8Array, position: number): number; close(): void }
  const target = new Uint8Array(bytes)
  try {
    let read = 0
    for (let more = -1; more !== 0 && read < bytes; read += more) more = file.read(target.subarray(read), read)
    return Buffer.from(target.subarray(0, read)).toString('base64')
  } finally {
    file.close()
  }
}
