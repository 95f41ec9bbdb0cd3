import Hypercore from 'hypercore'
import type { OpenPeer, Peer } from './peer.ts'

/**
 * A hypercore: an append-only log that is signed and hashed into a tree, which is more than a checksum and is paid for
 * in every append. `append` resolves when its store has written; nothing in it asks for a sync, and a trace of the
 * system calls shows none. So it stands beside what is not synced. A group is one call with many blocks.
 */
export const hypercorePeer: Peer = {
  name: 'hypercore',
  isDurable: false,
  async open(directory: string): Promise<OpenPeer> {
    const core = new Hypercore(directory)
    await core.ready()
    return {
      append: (payload) => core.append(Buffer.from(payload)),
      appendGroup: (payloads) => core.append(payloads.map((payload) => Buffer.from(payload))),
      async scan(visit) {
        for await (const block of core.createReadStream()) visit(block)
      },
      close: () => core.close(),
    }
  },
}
