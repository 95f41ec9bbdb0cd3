/** What a line stands for: the log, the least that anything could take, or what else one could use. */
export type ContenderKind = 'varve' | 'floor' | 'peer'

/** Bare calls of the file system, and loops over bytes in memory. */
const floors = /\bf(data)?sync\b|O_DSYNC|\bwriteSync|\breadSync|^raw\b|^read the bytes|^copy of/
/** Other libraries by name, and the one way that everybody tries first. */
const peers = /sqlite|lmdb|leveldb|classic-level|hypercore|zlib|xxhash|appendFile/i

export function kindOf(name: string): ContenderKind {
  if (peers.test(name)) return 'peer'
  return floors.test(name) ? 'floor' : 'varve'
}
