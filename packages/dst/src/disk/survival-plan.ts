import type { FileContent } from './content.ts'
import { ContentPlan, partly, type Decision } from './content-plan.ts'
import { Disk, type NameChange, type Names } from './disk.ts'
import type { Survival } from './survival.ts'

/**
 * Every disk that a loss of power may leave, each named by one number per decision: 0 is always "as if nothing had
 * been written", the highest "as if everything had been".
 */
export class SurvivalPlan {
  /** How many ways each decision has, in the order in which a tape draws them. */
  readonly ways: readonly number[]
  readonly #disk: Disk
  readonly #names: readonly Decision<NameDraft>[]
  readonly #contents: readonly ContentPlan[]
  readonly #moments: readonly number[] | undefined

  constructor(disk: Disk, survival: Survival) {
    this.#disk = disk
    const contents = disk.contents()
    const moments = momentsOf(disk, contents)
    this.#moments = survival.order === 'disk' ? moments : undefined
    this.#names = [...nameDecisions(disk, survival)]
    this.#contents = [...contents]
      .filter((content) => !content.settled)
      .map((content) => new ContentPlan(content, contents, survival, moments))
    const separate = [...this.#names, ...this.#contents.flatMap(({ decisions }) => decisions)]
    this.ways = this.#moments === undefined ? separate.map(({ ways }) => ways) : someWays(moments.length + 1)
  }

  /**
   * The disk that these choices leave; `chosen` has one number for each of `ways`. Images share what is equal in them:
   * clone one before anything is written to it.
   */
  image(chosen: readonly number[]): Disk {
    const draft: NameDraft = { outcomes: [], upTo: Number.POSITIVE_INFINITY }
    const variants = new Map<FileContent, FileContent>()
    if (this.#moments !== undefined) {
      const way = chosen[0] ?? 0
      draft.upTo = way === 0 ? 0 : (this.#moments[way - 1] as number)
      for (const plan of this.#contents) variants.set(plan.content, plan.at(way))
    } else {
      this.#names.forEach((decision, at) => { decision.take(chosen[at] as number, draft) })
      let from = this.#names.length
      for (const plan of this.#contents) {
        variants.set(plan.content, plan.variant(chosen, from))
        from += plan.decisions.length
      }
    }
    const names: Names = new Map()
    for (const [name, content] of namesAfter(this.#disk, draft)) names.set(name, variants.get(content) ?? content)
    return new Disk(names, this.#disk.durableGeneration)
  }

  /** What the choices say, for people: only what did not survive, or survived differently. */
  describe(chosen: readonly number[]): string[] {
    if (this.#moments !== undefined) return listed(partly(chosen[0] ?? 0, this.#moments.length, 'changes'))
    const texts = this.#names.map((decision, at) => decision.describe(chosen[at] as number))
    let from = this.#names.length
    for (const { content, decisions } of this.#contents) {
      const name = nameOf(this.#disk, content)
      decisions.forEach((decision, at) => {
        const text = decision.describe(chosen[from + at] as number)
        texts.push(text && `${name}: ${text}`)
      })
      from += decisions.length
    }
    return texts.flatMap(listed)
  }
}

function listed(text: string | undefined): string[] {
  return text === undefined ? [] : [text]
}

function nameOf(disk: Disk, content: FileContent): string {
  const name = [...disk.names].find(([, held]) => held === content)?.[0]
  return name ?? 'a file that had been removed'
}

/**
 * What may become of a change that is not durable. A rename may come apart: `removed`, the old name is gone and the new
 * one is not there; `added`, both are there.
 */
type NameOutcome = 'lost' | 'removed' | 'added' | 'done'

interface NameDraft {
  readonly outcomes: NameOutcome[]
  /** Changes with a higher stamp are lost. */
  upTo: number
}

function someWays(ways: number): readonly number[] {
  return ways > 1 ? [ways] : []
}

function* nameDecisions(disk: Disk, survival: Survival): Generator<Decision<NameDraft>> {
  const { pending } = disk
  if (survival.names === 'ordered') {
    if (pending.length === 0) return
    yield {
      ways: pending.length + 1,
      describe: (way) => partly(way, pending.length, 'changes of names'),
      take(way, draft) { draft.upTo = way === 0 ? 0 : (pending[way - 1] as NameChange).stamp },
    }
    return
  }
  for (const [at, change] of pending.entries()) {
    const apart = change.kind === 'rename' && survival.renames === 'apart'
    const outcomes: readonly NameOutcome[] = apart ? ['lost', 'removed', 'added', 'done'] : ['lost', 'done']
    yield {
      ways: outcomes.length,
      describe: (way) => describeName(change, outcomes[way] as NameOutcome),
      take(way, draft) { draft.outcomes[at] = outcomes[way] as NameOutcome },
    }
  }
}

function describeName(change: NameChange, outcome: NameOutcome): string | undefined {
  if (outcome === 'done') return undefined
  const what = change.kind === 'rename' ? `rename ${change.from} to ${change.to}` : `${change.kind} ${change.name}`
  if (outcome === 'removed') return `${what}: the old name is gone, the new one is not there`
  return outcome === 'added' ? `${what}: both names are there` : `${what}: undone`
}

/** The directory that power loss leaves when each pending change comes out as told. */
function namesAfter(disk: Disk, { outcomes, upTo }: NameDraft): Names {
  const names = new Map(disk.durableNames)
  disk.pending.forEach((change, at) => {
    const outcome = change.stamp > upTo ? 'lost' : (outcomes[at] ?? 'done')
    if (outcome === 'lost') return
    if (change.kind === 'create') names.set(change.name, change.content)
    else if (change.kind === 'remove') names.delete(change.name)
    else {
      if (outcome !== 'added') names.delete(change.from)
      if (outcome !== 'removed') names.set(change.to, change.content)
    }
  })
  return names
}

/** The stamps of everything that is not durable, ascending. */
function momentsOf(disk: Disk, contents: ReadonlySet<FileContent>): number[] {
  const stamps = new Set(disk.pending.map(({ stamp }) => stamp))
  for (const content of contents) {
    for (const { stamp } of content.sizes) stamps.add(stamp)
    for (const sector of content.pendingSectors) for (const { stamp } of content.versions(sector)) stamps.add(stamp)
  }
  return [...stamps].sort((a, b) => a - b)
}
