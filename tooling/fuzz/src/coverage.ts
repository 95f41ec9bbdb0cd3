import { Session, type Profiler } from 'node:inspector'

/** A block of the code under test, by the offsets of its source. */
type Range = Pick<Profiler.CoverageRange, 'startOffset' | 'endOffset'>

/** The blocks of one function that have never run, as far as V8 has told of them. */
type Pending = Map<string, Range>

/** What runs, by blocks, from the engine itself: no instrumentation, TypeScript as it is. */
export class Coverage {
  readonly #session = new Session()
  readonly #functions = new Map<string, Pending>()
  #blocks = 0

  constructor() {
    this.#session.connect()
    this.#post('Profiler.enable')
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** Functions and blocks that have run so far. */
  get blocks(): number {
    return this.#blocks
  }

  /** Forgets what ran since the last call. */
  reset(): void {
    this.#take()
  }

  /** Whether something ran since the last call that never did before. Only with `keep` it counts as having run. */
  hasNews(keep: boolean): boolean {
    let news = false
    for (const script of this.#take()) {
      for (const found of script.functions) {
        if ((found.ranges[0]?.count ?? 0) === 0) continue
        if (this.#learn(script.url, found.ranges, keep)) news = true
        if (news && !keep) return true
      }
    }
    return news
  }

  /**
   * V8 leaves out blocks that ran as often as what surrounds them, and names those that did not run: so a block that
   * was named once and is not named now, nor lies within one that is, has run.
   */
  #learn(url: string, ranges: readonly Profiler.CoverageRange[], keep: boolean): boolean {
    const [whole] = ranges
    const id = `${url}:${whole?.startOffset ?? 0}`
    const idle = ranges.filter(({ count }) => count === 0)
    const pending = this.#functions.get(id)
    if (pending === undefined) {
      if (keep) {
        this.#functions.set(id, new Map(idle.map((range) => [keyOf(range), range])))
        this.#blocks += 1
      }
      return true
    }
    const ran = [...pending].filter(([, range]) => !idle.some((outer) => contains(outer, range)))
    if (ran.length === 0) return false
    if (keep) {
      for (const [key, range] of ran) {
        pending.delete(key)
        this.#blocks += 1
        // What did not run inside of a block that did is news for later.
        for (const inner of idle.filter((other) => contains(range, other))) pending.set(keyOf(inner), inner)
      }
    }
    return true
  }

  #take(): readonly Profiler.ScriptCoverage[] {
    const { result } = this.#post('Profiler.takePreciseCoverage') as Profiler.TakePreciseCoverageReturnType
    return result.filter(({ url }) => /\/packages\/[^/]+\/(src|dist)\//.test(url))
  }

  /** In the same thread the answer is there when the call returns. */
  #post(method: string, parameters?: object): unknown {
    let answer: unknown
    this.#session.post(method, parameters, (error, result) => {
      if (error !== null) throw error
      answer = result
    })
    return answer
  }
}

function keyOf({ startOffset, endOffset }: Range): string {
  return `${startOffset}-${endOffset}`
}

function contains(outer: Range, inner: Range): boolean {
  return outer.startOffset <= inner.startOffset && inner.endOffset <= outer.endOffset
}
