import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { OpenPeer, Peer } from './peer.ts'

/** In front of each payload: its length. Nothing protects it, and nothing finds a torn end. */
const prefixBytes = 4

/**
 * What one writes without a library: a handle opened for appending, `appendFile`, then `datasync`. A group is one write
 * and one sync. Node's `appendFile` with `flush: true` does the same and opens the file each time.
 */
export const appendFilePeer: Peer = {
  name: 'appendFile + fdatasync',
  isDurable: true,
  async open(directory: string): Promise<OpenPeer> {
    const path = join(directory, 'records')
    const handle = await open(path, 'a')
    const append = async (bytes: Uint8Array): Promise<void> => {
      await handle.appendFile(bytes)
      await handle.datasync()
    }
    return {
      append: (payload) => append(framed([payload])),
      appendGroup: (payloads) => append(framed(payloads)),
      async scan(visit) {
        const bytes = await readFile(path)
        for (let at = 0; at < bytes.length; ) {
          const start = at + prefixBytes
          at = start + bytes.readUInt32LE(at)
          visit(bytes.subarray(start, at))
        }
      },
      close: () => handle.close(),
    }
  },
}

function framed(payloads: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.alloc(payloads.reduce((sum, { length }) => sum + prefixBytes + length, 0))
  let at = 0
  for (const payload of payloads) {
    at = bytes.writeUInt32LE(payload.length, at)
    bytes.set(payload, at)
    at += payload.length
  }
  return bytes
}
