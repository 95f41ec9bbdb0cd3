import { open } from 'lmdb'
import type { OpenPeer, Peer } from './peer.ts'

/**
 * LMDB through `lmdb`, as its README says: writes are asynchronous, those of one turn of the event loop share a
 * transaction, and `flushed` resolves when the last commit is on the disk (with `overlappingSync`, the default but on
 * Windows, the promise of a `put` resolves before that).
 */
export const lmdbPeer: Peer = {
  name: 'LMDB',
  isDurable: true,
  open(directory: string): OpenPeer {
    const database = open<Uint8Array, number>({ path: directory, encoding: 'binary', keyEncoding: 'uint32' })
    let next = 1 + ([...database.getKeys({ reverse: true, limit: 1 })][0] ?? 0)
    const put = (payload: Uint8Array): void => {
      // Awaited below, together with all of the same turn.
      void database.put(next, payload)
      next += 1
    }
    return {
      async append(payload) {
        put(payload)
        await database.flushed
      },
      async appendGroup(payloads) {
        for (const payload of payloads) put(payload)
        await database.flushed
      },
      scan(visit) {
        for (const { value } of database.getRange()) visit(value)
        return undefined
      },
      close: () => database.close(),
    }
  },
}
