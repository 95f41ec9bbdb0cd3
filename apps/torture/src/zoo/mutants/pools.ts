import { inFile, mutant, type Mutant } from '../mutant.ts'

const pool = 'storage-opfs/src/pool.ts'
const slots = 'storage-opfs/src/header-slots.ts'
const physical = 'storage-opfs/src/physical-file.ts'

/** How the adapter for browsers keeps names. What takes several failures in a row is in the tests of the package. */
export const pools: readonly Mutant[] = [
  mutant({
    name: 'pool-header-not-flushed',
    hazard: 'a name is lost: a header is written, and not flushed',
    edits: inFile(physical, [
      '      this.#writeHeader(slot, header)\n      this.flush()\n',
      '      this.#writeHeader(slot, header)\n',
    ]),
    killedBy: ['opfs-publish'],
  }),
  mutant({
    name: 'pool-rewrites-header-in-place',
    hazard: 'a header is torn while it is the only durable one',
    edits: inFile(slots, [
      '    const kept = this.#kept()\n',
      '    const kept = [0, 1, 2].filter((slot) => slot > 0)\n',
    ]),
    killedBy: ['opfs-sparse'],
  }),
  mutant({
    name: 'pool-trusts-cached-headers',
    hazard: 'a name that only the cache has, behind a flush that failed, is believed',
    edits: inFile(pool, ['current !== undefined && !isProven', 'current !== undefined && isProven === undefined']),
    killedBy: ['opfs-sparse-faults'],
    states: 20_000,
  }),
]
