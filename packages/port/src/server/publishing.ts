import { createCheckpointPublisher, type PublishReport } from '@varve/checkpoint'
import type { Log } from '@varve/segments'
import { countOf, fieldsOf, type Fields } from '../wire/check.ts'
import type { Peer } from '../wire/peer.ts'
import { PayloadWalk } from '../wire/table.ts'

/** Publishes a checkpoint whose state is fetched from the client, a piece at a time, when the publisher asks. */
export async function publishState(log: Log, peer: Peer, { of, sequence, keep }: Fields): Promise<PublishReport> {
  const id = countOf(of, 'a state of number')
  const publisher = createCheckpointPublisher(log, keep === undefined ? {} : { keep: keep as number })
  return await publisher.publish(piecesOf(peer, id), { sequence: sequence as number })
}

/** When the publisher gives up, the answer to the client's call says so: it need not be told before. */
async function* piecesOf(peer: Peer, of: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const piece = await peer.call('piece', () => ({ of }), pieceOf)
    if (piece === undefined) return
    yield piece
  }
}

/** Undefined at the end of a state. */
function pieceOf(value: unknown, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  if (value === undefined) return undefined
  const { at, length } = fieldsOf(value, 'a piece of a state')
  return new PayloadWalk(bytes, countOf(at, 'a piece at')).take(length)
}
