import type { Peer } from './peer.ts'

/** How to get at each peer, by its name. One that has no binary for this platform or runtime fails there. */
export type PeerSources = Readonly<Record<string, () => Promise<Peer>>>

export const sources: PeerSources = {
  'appendFile + fdatasync': async () => (await import('./append-file.ts')).appendFilePeer,
  SQLite: async () => (await import('./sqlite.ts')).sqlitePeer,
  LMDB: async () => (await import('./lmdb.ts')).lmdbPeer,
  LevelDB: async () => (await import('./leveldb.ts')).levelPeer,
  hypercore: async () => (await import('./hypercore.ts')).hypercorePeer,
}
