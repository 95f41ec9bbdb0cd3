import type { Check, Verdict } from './check.ts'
import { within } from './clock.ts'

/** How {@link runChecks} runs. */
export interface RunOptions {
  /** A check that takes longer has failed, in milliseconds. Default 30,000. */
  readonly limitMs?: number
}

/** What came of one check. Plain data: it can be posted to another thread. */
export interface CheckResult {
  readonly id: string
  readonly title: string
  readonly verdict: Verdict | 'failed'
  /** What was expected and seen, with the causes; only for `failed`. */
  readonly reason?: string
}

/** What came of all checks. Plain data. */
export interface Report {
  /** Whether none failed. */
  readonly ok: boolean
  readonly passed: number
  readonly failed: number
  readonly notOffered: number
  readonly results: readonly CheckResult[]
}

/**
 * Runs the checks one after the other, where there is no test runner: in a worker, in a page, in a script. Never
 * rejects.
 *
 * @example
 * ```ts
 * const report = await runChecks(storageChecks(factory))
 * if (!report.ok) console.error(report.results.filter((result) => result.verdict === 'failed'))
 * ```
 */
export async function runChecks(checks: readonly Check[], options: RunOptions = {}): Promise<Report> {
  const results: CheckResult[] = []
  for (const check of checks) results.push(await result(check, options.limitMs ?? 30_000))
  const count = (verdict: CheckResult['verdict']): number => results.filter((one) => one.verdict === verdict).length
  const failed = count('failed')
  return { ok: failed === 0, passed: count('passed'), failed, notOffered: count('not-offered'), results }
}

async function result(check: Check, limitMs: number): Promise<CheckResult> {
  const { id, title } = check
  try {
    const late = (): Error => new Error(`[${id}] ${title}: not done after ${limitMs} ms`)
    return { id, title, verdict: await within(limitMs, check.run(), late) }
  } catch (error) {
    return { id, title, verdict: 'failed', reason: explain(error) }
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message} Caused by: ${explain(error.cause)}`
}
