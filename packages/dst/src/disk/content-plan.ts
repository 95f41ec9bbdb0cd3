import { FileContent, type SectorVersion } from './content.ts'
import { cutTo, garbageSector, sectorBytes, sectorOf, zeroSector, type Sector } from './sector.ts'
import type { Survival } from './survival.ts'

/** One thing that a loss of power decides. `take` puts one of its `ways` into effect. */
export interface Decision<D> {
  readonly ways: number
  take(way: number, into: D): void
  /** For people; undefined where nothing was lost or damaged. */
  describe(way: number): string | undefined
}

/** A file in the making. */
interface Draft {
  readonly sectors: Sector[]
  size: number
}

/** What may be left of one file. Variants are made once and shared by all images that have them. */
export class ContentPlan {
  readonly content: FileContent
  readonly decisions: readonly Decision<Draft>[]
  readonly #base: readonly Sector[]
  readonly #survival: Survival
  readonly #moments: readonly number[]
  readonly #variants = new Map<number, FileContent>()

  constructor(
    content: FileContent,
    all: ReadonlySet<FileContent>,
    survival: Survival,
    moments: readonly number[],
  ) {
    this.content = content
    this.#survival = survival
    this.#moments = moments
    this.#base = baseOf(content, all, survival)
    this.decisions = survival.order === 'any' ? [...this.#anyOrder()] : [...this.#fileOrder()]
  }

  /** The variant of the choices from `from` on, one for each decision. */
  variant(chosen: readonly number[], from: number): FileContent {
    let key = 0
    let combinations = 1
    this.decisions.forEach(({ ways }, at) => {
      key = key * ways + (chosen[from + at] as number)
      combinations *= ways
    })
    const make = (): FileContent => {
      const draft: Draft = { sectors: [...this.#base], size: this.content.durableSize }
      this.decisions.forEach((decision, at) => { decision.take(chosen[from + at] as number, draft) })
      return this.#settle(draft)
    }
    return combinations > Number.MAX_SAFE_INTEGER ? make() : this.#remembered(key, make)
  }

  /** What there is at a moment of the disk: 0 is before all changes, the number of moments after all of them. */
  at(moment: number): FileContent {
    return this.#remembered(moment, () => {
      const draft: Draft = { sectors: [...this.#base], size: this.content.durableSize }
      this.#upTo(moment === 0 ? 0 : (this.#moments[moment - 1] as number), draft)
      return this.#settle(draft)
    })
  }

  #remembered(key: number, make: () => FileContent): FileContent {
    const known = this.#variants.get(key)
    if (known !== undefined) return known
    const made = make()
    this.#variants.set(key, made)
    return made
  }

  #settle({ sectors, size }: Draft): FileContent {
    return new FileContent(cutTo(sectors, size), size)
  }

  *#fileOrder(): Generator<Decision<Draft>> {
    const own = new Set(this.content.sizes.map(({ stamp }) => stamp))
    for (const sector of this.content.pendingSectors) {
      for (const { stamp } of this.content.versions(sector)) own.add(stamp)
    }
    const moments = this.#moments.filter((moment) => own.has(moment))
    yield {
      ways: moments.length + 1,
      describe: (way) => partly(way, moments.length, 'changes of the file'),
      take: (way, draft) => { if (way > 0) this.#upTo(moments[way - 1] as number, draft) },
    }
  }

  #upTo(stamp: number, draft: Draft): void {
    for (const size of this.content.sizes) if (size.stamp <= stamp) draft.size = size.size
    for (const sector of this.content.pendingSectors) {
      const last = this.content.versions(sector).findLast((version) => version.stamp <= stamp)
      if (last !== undefined) draft.sectors[sector] = last.sector
    }
  }

  *#anyOrder(): Generator<Decision<Draft>> {
    const { content } = this
    const sizes = [...new Set([content.durableSize, ...content.sizes.map(({ size }) => size)])]
    if (sizes.length > 1) {
      yield {
        ways: sizes.length,
        describe: (way) => way === sizes.length - 1 ? undefined : `size ${sizes[way] as number}, not ${content.size}`,
        take: (way, draft) => { draft.size = sizes[way] as number },
      }
    }
    const sectors = content.pendingSectors
    for (const sector of sectors) yield* this.#sectorDecision(sector, content.versions(sector))
    yield* this.#damageDecisions(sectors)
    if (this.#survival.sizes === 'after-data' && sizes.length > 1) yield this.#sizeFollowsData(sectors)
  }

  *#sectorDecision(sector: number, versions: readonly SectorVersion[]): Generator<Decision<Draft>> {
    const ways = [this.#base[sector] as Sector]
    for (const version of versions) if (!ways.some((way) => way.equals(version.sector))) ways.push(version.sector)
    if (ways.length === 1) return
    const [before, after] = [ways[0] as Sector, ways.at(-1) as Sector]
    const { tears } = this.#survival
    const torn = Array.from({ length: tears }, (_, at) =>
      before.with(after.bytes.subarray(0, tear(sector, at, tears)), 0),
    )
    ways.splice(1, 0, ...torn)
    yield {
      ways: ways.length,
      describe: (way) => way === ways.length - 1 ? undefined : `sector ${sector}: ${describeWay(way, torn.length)}`,
      take(way, draft) { if (way > 0) draft.sectors[sector] = ways[way] as Sector },
    }
  }

  /** A device without power-safe overwrite: durable bytes beside those being written may come back as garbage. */
  *#damageDecisions(sectors: readonly number[]): Generator<Decision<Draft>> {
    const count = this.#survival.damagedBlockBytes / sectorBytes
    if (count === 0) return
    for (const first of new Set(sectors.map((sector) => sector - (sector % count)))) {
      if (first * sectorBytes >= this.content.durableSize) continue
      yield {
        ways: 2,
        describe: (way) => (way === 0 ? undefined : `sectors ${first} to ${first + count - 1} were damaged on the way`),
        take(way, draft) { if (way === 1) draft.sectors.fill(garbageSector, first, first + count) },
      }
    }
  }

  /** Not a choice: cuts the file where the first of its new bytes is missing. */
  #sizeFollowsData(sectors: readonly number[]): Decision<Draft> {
    const from = sectorOf(this.content.durableSize + sectorBytes - 1)
    return {
      ways: 1,
      describe: () => undefined,
      take: (_way, draft) => {
        const missing = sectors.find((sector) => sector >= from && draft.sectors[sector] === this.#base[sector])
        if (missing !== undefined) draft.size = Math.min(draft.size, missing * sectorBytes)
      },
    }
  }
}

/** How many bytes of a torn sector are new: from 1 to 63, in other places for other sectors. */
function tear(sector: number, at: number, tears: number): number {
  return 1 + ((sector * 19 + Math.floor((at * (sectorBytes - 1)) / tears)) % (sectorBytes - 1))
}

function describeWay(way: number, torn: number): string {
  if (way === 0) return 'as it was before'
  return way <= torn ? 'torn, the first bytes new and the rest old' : 'an earlier version'
}

/** For people: how many of so many changes there are; undefined if all. */
export function partly(some: number, all: number, what: string): string | undefined {
  return some === all ? undefined : `only the first ${some} of ${all} ${what} survived`
}

/** What stands in a file, up to the largest size it may have, if none of its un-synced bytes landed. */
function baseOf(content: FileContent, all: ReadonlySet<FileContent>, { holes }: Survival): Sector[] {
  const last = (content.pendingSectors.at(-1) ?? -1) + 1
  const largest = Math.max(content.durableSize, ...content.sizes.map(({ size }) => size))
  const count = Math.max(Math.ceil(largest / sectorBytes), last)
  const base = [...content.durableSectors]
  // The sector in which the durable size lies was zeroed when it was allocated; those behind it were not.
  while (base.length < count) base.push(holes === 'garbage' ? leftBehind(content, all, base.length) : zeroSector)
  return base
}

/**
 * What another file has at the same place: the garbage that looks most like something. Of a copy it would be the very
 * bytes that are missing, which is no loss.
 */
function leftBehind(content: FileContent, all: ReadonlySet<FileContent>, sector: number): Sector {
  const written = content.sectors[sector]
  for (const other of all) {
    const left = other === content ? undefined : other.sectors[sector]
    if (left !== undefined && written?.equals(left) !== true) return left
  }
  return garbageSector
}
