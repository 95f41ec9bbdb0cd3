import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from './books.ts'
import type { RealContext, RealResult, RealViolation } from './scenario.ts'

/** After so many broken promises there is nothing more to learn. Of a liar one is enough. */
const violationsMax = { honest: 5, dishonest: 1 }

/** The time, the counts and the findings of a scenario under way. */
export class Rounds {
  readonly compileCache: string
  readonly #context: RealContext
  readonly #name: string
  readonly #until: number
  readonly #violations: RealViolation[] = []
  readonly #counts = new Map<string, number>()
  readonly #notes: string[] = []
  readonly #startedAt = performance.now()
  #rounds = 0
  #records = 0
  #progressAt = 0

  constructor(name: string, context: RealContext) {
    this.#name = name
    this.#context = context
    this.#until = performance.now() + context.seconds * 1000
    this.compileCache = join(context.directory, 'compiled')
    mkdirSync(this.compileCache, { recursive: true })
  }

  /** Whether another round is due: there is time, or there were too few. */
  get goOn(): boolean {
    const { signal, dishonest, roundsMin = 0 } = this.#context
    const most = violationsMax[dishonest === true ? 'dishonest' : 'honest']
    const isTime = performance.now() < this.#until || this.#rounds < roundsMin
    return isTime && signal?.aborted !== true && this.#violations.length < most
  }

  /** A fresh directory for a log. */
  directory(name: string): string {
    const path = join(this.#context.directory, name)
    rmSync(path, { recursive: true, force: true })
    return path
  }

  begin(): void {
    this.#rounds += 1
    const now = performance.now()
    if (now - this.#progressAt < 1000) return
    this.#progressAt = now
    const counts = [...this.#counts].map(([name, count]) => `${name} ${count}`).join(', ')
    this.#context.progress(`round ${this.#rounds}: ${counts}`)
  }

  count(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by)
  }

  note(text: string): void {
    this.#notes.push(text)
  }

  addRecords(count: number): void {
    this.#records += count
  }

  /** Copies what a crash left, before anyone opens and so changes it: it may become evidence. */
  preserve(directory: string): void {
    if (this.#context.evidence === undefined) return
    rmSync(this.#crashed, { recursive: true, force: true })
    if (existsSync(directory)) cpSync(directory, this.#crashed, { recursive: true })
  }

  /**
   * Notes broken promises, and keeps the log that shows them: as the crash left it, and as it is. Whether all is well.
   */
  judge(findings: readonly Finding[], directory: string, circumstances: string): boolean {
    const [first, ...rest] = findings
    if (first === undefined) return true
    const evidence = this.#keep(directory)
    this.#violations.push({
      round: this.#rounds,
      promised: first.promised,
      found: [first, ...rest.slice(0, 4)].map(({ found }) => found).join('; '),
      circumstances,
      ...(evidence === undefined ? {} : { evidence }),
    })
    return false
  }

  result(): RealResult {
    const seconds = (performance.now() - this.#startedAt) / 1000
    const speed = `${this.#rounds} rounds and ${this.#records} acknowledged records in ${seconds.toFixed(1)} s`
    return {
      rounds: this.#rounds,
      records: this.#records,
      counts: Object.fromEntries(this.#counts),
      violations: this.#violations,
      notes: [...this.#notes, speed],
    }
  }

  #keep(directory: string): string | undefined {
    const { evidence } = this.#context
    if (evidence === undefined) return undefined
    const path = join(evidence, `${this.#name}-${this.#rounds}`)
    mkdirSync(path, { recursive: true })
    for (const [from, name] of [[this.#crashed, 'crashed'], [directory, 'now']] as const) {
      if (existsSync(from)) cpSync(from, join(path, name), { recursive: true })
    }
    return path
  }

  get #crashed(): string {
    return join(this.#context.directory, 'crashed')
  }
}
