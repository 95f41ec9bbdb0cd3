import { ClassicLevel } from 'classic-level'
import type { OpenPeer, Peer } from './peer.ts'

/**
 * LevelDB through `classic-level`, with `sync: true`: documented to survive a crash of the machine. A group is one
 * batch, which is atomic.
 */
export const levelPeer: Peer = {
  name: 'LevelDB',
  isDurable: true,
  async open(directory: string): Promise<OpenPeer> {
    const options = { keyEncoding: 'view', valueEncoding: 'view' } as const
    const database = new ClassicLevel<Uint8Array, Uint8Array>(directory, options)
    await database.open()
    const [last] = await database.keys({ reverse: true, limit: 1 }).all()
    let next = last === undefined ? 1 : numberOf(last) + 1
    const entry = (payload: Uint8Array): { type: 'put'; key: Uint8Array; value: Uint8Array } => {
      const key = keyOf(next)
      next += 1
      return { type: 'put', key, value: payload }
    }
    return {
      append(payload) {
        const { key, value } = entry(payload)
        return database.put(key, value, { sync: true })
      },
      appendGroup: (payloads) => database.batch(payloads.map(entry), { sync: true }),
      async scan(visit) {
        const values = database.values()
        for (let some = await values.nextv(1000); some.length > 0; some = await values.nextv(1000)) some.forEach(visit)
        await values.close()
      },
      close: () => database.close(),
    }
  },
}

/** Big-endian, so that the order of the keys is that of the numbers. */
function keyOf(sequence: number): Uint8Array {
  const key = new Uint8Array(8)
  new DataView(key.buffer).setBigUint64(0, BigInt(sequence))
  return key
}

function numberOf({ buffer, byteOffset }: Uint8Array): number {
  return Number(new DataView(buffer, byteOffset).getBigUint64(0))
}
