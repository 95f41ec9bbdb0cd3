import type { Peer } from './peer.ts'

/** What was found, and why the others were not. */
export interface LoadedPeers {
  readonly peers: readonly Peer[]
  readonly missing: readonly MissingPeer[]
}

export interface MissingPeer {
  readonly name: string
  readonly reason: string
}

/** How to get at each. A peer that has no binary for this platform or runtime fails here, and nowhere else. */
export type PeerSources = Readonly<Record<string, () => Promise<Peer>>>

export const sources: PeerSources = {
  'appendFile + fdatasync': async () => (await import('./append-file.ts')).appendFilePeer,
  SQLite: async () => (await import('./sqlite.ts')).sqlitePeer,
  LMDB: async () => (await import('./lmdb.ts')).lmdbPeer,
  LevelDB: async () => (await import('./leveldb.ts')).levelPeer,
  hypercore: async () => (await import('./hypercore.ts')).hypercorePeer,
}

export async function loadPeers(from: PeerSources = sources): Promise<LoadedPeers> {
  const peers: Peer[] = []
  const missing: MissingPeer[] = []
  for (const [name, load] of Object.entries(from)) {
    try {
      peers.push(await load())
    } catch (error) {
      missing.push({ name, reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) })
    }
  }
  return { peers, missing }
}
