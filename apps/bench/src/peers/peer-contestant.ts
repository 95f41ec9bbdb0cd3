import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Contestant } from '../contestant.ts'
import type { Peer } from './peer.ts'

/** A peer that appends `payloads`, one alone or as a group. */
export async function peerContestant(
  peer: Peer,
  directory: string,
  payloads: readonly Uint8Array[],
  groups = 1,
): Promise<Contestant> {
  const place = join(directory, peer.name)
  mkdirSync(place)
  const open = await peer.open(place)
  const [first] = payloads
  const once = (): Promise<unknown> | undefined =>
    payloads.length === 1 && first !== undefined ? open.append(first) : open.appendGroup(payloads)
  const work = async (): Promise<void> => {
    for (let group = 0; group < groups; group += 1) await once()
  }
  return { name: peer.name, work: groups === 1 ? once : work, close: () => open.close() }
}
