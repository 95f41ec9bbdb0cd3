import { seededRandom } from '@varve/dst'
import { CrashContent, cutTo } from './crash-content.ts'
import { CrashDisk, outcomesOf, type CrashNames, type NameOutcome } from './crash-disk.ts'
import { Sector, sectorBytes, zeroSector } from './crash-sector.ts'

export interface PowerLoss {
  /** At most so many outcomes; all of them when there are no more. */
  readonly limit: number
  /** What is found where a file grew and its new bytes did not land: zeros, or what another file left there. */
  readonly holes: 'zeros' | 'garbage'
  /** Chooses the sample when not all outcomes are visited. */
  readonly seed: number
  /** Bytes of a block that a device may damage as a whole while it is being rewritten; 0 for one that never does. */
  readonly damagedBlockBytes?: number
  /** Whether a sector may come back with its first bytes new and the rest old. */
  readonly tornSectors?: boolean
}

/** One thing that a crash decides. `take` puts one of its `ways` into effect; 0 is as if nothing had been written. */
interface Decision {
  readonly ways: number
  take(way: number, into: Draft): void
}

/** An image in the making. */
interface Draft {
  readonly outcomes: NameOutcome[]
  /** The sectors of a file, to be replaced. */
  sectorsOf(content: CrashContent): Sector[]
  readonly sizes: Map<CrashContent, number>
}

/** The disks that power loss may leave, each a new object: every combination if there are few, else a sample. */
export function* afterPowerLoss(disk: CrashDisk, options: PowerLoss): Generator<CrashDisk, void, undefined> {
  const contents = new Set([...disk.names.values(), ...disk.durableNames.values()])
  for (const change of disk.pending) if (change.kind !== 'remove') contents.add(change.content)
  const bases = new Map<CrashContent, Sector[]>()
  const decisions = [...nameDecisions(disk)]
  for (const content of contents) {
    const base = baseOf(content, contents, options)
    bases.set(content, base)
    decisions.push(...contentDecisions(content, base, options))
  }
  for (const ways of choices(decisions, options)) yield imageOf(disk, decisions, ways, bases)
}

function* nameDecisions(disk: CrashDisk): Generator<Decision> {
  for (const [at, change] of disk.pending.entries()) {
    const outcomes = outcomesOf(change)
    yield { ways: outcomes.length, take: (way, draft) => { draft.outcomes[at] = outcomes[way] as NameOutcome } }
  }
}

function* contentDecisions(
  content: CrashContent,
  base: readonly Sector[],
  options: PowerLoss,
): Generator<Decision> {
  const sizes = content.possibleSizes
  if (sizes.length > 1) {
    yield { ways: sizes.length, take: (way, draft) => { draft.sizes.set(content, sizes[way] as number) } }
  }
  for (const sector of content.pendingSectors) {
    const ways = [base[sector] as Sector]
    for (const version of content.versions(sector)) {
      if (!ways.some((way) => way.equals(version))) ways.push(version)
    }
    if (ways.length === 1) continue
    if (options.tornSectors === true) ways.splice(1, 0, torn(ways[0] as Sector, ways.at(-1) as Sector, sector))
    const take = (way: number, draft: Draft): void => {
      if (way > 0) draft.sectorsOf(content)[sector] = ways[way] as Sector
    }
    yield { ways: ways.length, take }
  }
  yield* damageDecisions(content, options)
}

/** The place of the tear depends on the sector, so that headers and payloads are torn in many places. */
function torn(before: Sector, after: Sector, sector: number): Sector {
  return before.with(after.bytes.subarray(0, 1 + ((sector * 19) % (sectorBytes - 1))), 0)
}

/** A device without power-safe overwrite: durable bytes beside those being written may come back as garbage. */
function* damageDecisions(content: CrashContent, options: PowerLoss): Generator<Decision> {
  const { damagedBlockBytes = 0 } = options
  if (damagedBlockBytes === 0) return
  const count = damagedBlockBytes / sectorBytes
  for (const first of new Set(content.pendingSectors.map((sector) => sector - (sector % count)))) {
    if (first * sectorBytes >= content.durableSize) continue
    const take = (way: number, draft: Draft): void => {
      if (way === 1) draft.sectorsOf(content).fill(garbageSector, first, first + count)
    }
    yield { ways: 2, take }
  }
}

const garbageSector = new Sector(new Uint8Array(sectorBytes).fill(0xdb))

/** What stands in a file, up to the largest size it may have, if none of its un-synced bytes landed. */
function baseOf(content: CrashContent, all: ReadonlySet<CrashContent>, options: PowerLoss): Sector[] {
  const last = (content.pendingSectors.at(-1) ?? -1) + 1
  const count = Math.max(Math.ceil(Math.max(...content.possibleSizes) / sectorBytes), last)
  const base = [...content.durableSectors]
  // The sector in which the durable size lies was zeroed when it was allocated; those behind it were not.
  while (base.length < count) {
    base.push(options.holes === 'garbage' ? leftBehind(content, all, base.length) : zeroSector)
  }
  return base
}

/** What another file of the log has at the same place: the garbage that looks most like something. */
function leftBehind(content: CrashContent, all: ReadonlySet<CrashContent>, sector: number): Sector {
  for (const other of all) {
    const left = other === content ? undefined : other.sectors[sector]
    if (left !== undefined) return left
  }
  return garbageSector
}

/** Vectors of ways: all, or nothing, everything, each one alone, each one missing, prefixes, and then by chance. */
function* choices(decisions: readonly Decision[], { limit, seed }: PowerLoss): Generator<number[]> {
  let total = 1
  for (const { ways } of decisions) total = Math.min(total * ways, limit + 1)
  if (total <= limit) {
    yield* everyChoice(decisions)
    return
  }
  const newest = decisions.map(({ ways }) => ways - 1)
  const none = decisions.map(() => 0)
  yield none
  yield newest
  const random = seededRandom(seed)
  const places = spread(decisions.length, Math.floor((limit - 2) / 5))
  for (const place of places) {
    yield none.map((way, at) => (at === place ? (newest[at] as number) : way))
    yield newest.map((way, at) => (at === place ? 0 : way))
    yield newest.map((way, at) => (at <= place ? way : 0))
  }
  for (let left = limit - 2 - 3 * places.length; left > 0; left -= 1) {
    yield decisions.map(({ ways }) => random.below(ways))
  }
}

function* everyChoice(decisions: readonly Decision[]): Generator<number[]> {
  const ways = decisions.map(() => 0)
  for (;;) {
    yield [...ways]
    let at = 0
    while (at < ways.length && ways[at] === (decisions[at] as Decision).ways - 1) ways[at++] = 0
    if (at === ways.length) return
    ways[at] = (ways[at] as number) + 1
  }
}

/** At most `most` of the numbers below `count`, evenly spread. */
function spread(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, at) => at)
  return Array.from({ length: most }, (_, at) => Math.floor((at * count) / most))
}

function imageOf(
  disk: CrashDisk,
  decisions: readonly Decision[],
  ways: readonly number[],
  bases: ReadonlyMap<CrashContent, Sector[]>,
): CrashDisk {
  const changed = new Map<CrashContent, Sector[]>()
  const sizes = new Map<CrashContent, number>()
  const sectorsOf = (content: CrashContent): Sector[] => {
    const sectors = changed.get(content) ?? [...(bases.get(content) as Sector[])]
    changed.set(content, sectors)
    return sectors
  }
  const draft: Draft = { outcomes: [], sizes, sectorsOf }
  decisions.forEach((decision, at) => { decision.take(ways[at] as number, draft) })
  const names: CrashNames = new Map()
  const made = new Map<CrashContent, CrashContent>()
  for (const [name, content] of disk.namesAfter(draft.outcomes)) {
    const size = sizes.get(content) ?? content.durableSize
    const sectors = changed.get(content) ?? bases.get(content) ?? []
    const survivor = made.get(content) ?? new CrashContent(cutTo(sectors, size), size)
    made.set(content, survivor)
    names.set(name, survivor)
  }
  return new CrashDisk(names, disk.durableGeneration)
}
