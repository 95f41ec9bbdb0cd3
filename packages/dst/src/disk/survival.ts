/** What a loss of power may leave of everything that was not durable. */
export interface Survival {
  /**
   * Which un-synced changes are found together. `any`: every sector, size and name by itself, in any combination.
   * `file`: of each file, the writes up to some moment, and names by themselves. `disk`: everything up to some moment.
   */
  readonly order: 'any' | 'file' | 'disk'
  /** `any`: each change of the directory by itself. `ordered`: all up to some moment, as from a journal. */
  readonly names: 'any' | 'ordered'
  /** `apart`: the old name may be gone and the new one not there, or both may be there. */
  readonly renames: 'atomic' | 'apart'
  /** `after-data`: a file is never larger than what landed of its new bytes. */
  readonly sizes: 'any' | 'after-data'
  /** What is found where a file grew and its bytes did not land. */
  readonly holes: 'zeros' | 'garbage'
  /** In how many ways a sector may come back with its first bytes new and the rest old; 0 where sectors are atomic. */
  readonly tears: number
  /** Bytes of a block that a device may damage as a whole while it is being rewritten; 0 for one that never does. */
  readonly damagedBlockBytes: number
}
