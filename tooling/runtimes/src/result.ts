import type { Message, SuiteName } from './inside/orders.ts'

/** How a process ended: its exit code, the signal that killed it, or why it could not be started. */
export interface Ended {
  readonly how: string
  /** The last of what it printed. */
  readonly output: string
}

/** What came of one suite on one runtime. */
export interface SuiteResult {
  /** As it names itself; empty if it never got so far. */
  readonly runtime: string
  readonly suite: SuiteName
  readonly passed: number
  readonly failures: readonly Failure[]
  readonly notes: readonly string[]
  readonly seconds: number
}

export interface Failure {
  readonly title: string
  readonly error: string
}

/** Of several processes of one suite. No process is a failure: nothing was looked at. */
export function merged(suite: SuiteName, parts: readonly SuiteResult[]): SuiteResult {
  const nothing = parts.length === 0 ? [{ title: 'no test ran', error: 'no test file is like that' }] : []
  return {
    runtime: parts[0]?.runtime ?? '',
    suite,
    passed: parts.reduce((sum, each) => sum + each.passed, 0),
    failures: [...nothing, ...parts.flatMap((each) => each.failures)],
    notes: parts.flatMap((each) => each.notes),
    seconds: parts.reduce((sum, each) => sum + each.seconds, 0),
  }
}

/** Counts what was reported. A process that did not come to its end, or reported no test, has failed. */
export function resultOf(
  suite: SuiteName,
  messages: readonly Message[],
  ended: Ended,
  seconds: number,
): SuiteResult {
  const failures: Failure[] = []
  const notes: string[] = []
  let [runtime, passed, group, isComplete] = ['', 0, 'its start', false]
  for (const message of messages) {
    if (message.kind === 'runtime') runtime = message.name
    if (message.kind === 'begin') group = message.group
    if (message.kind === 'note') notes.push(message.text)
    if (message.kind === 'end') isComplete = true
    if (message.kind !== 'test') continue
    if (message.error === undefined) passed += 1
    else failures.push({ title: `${message.group}: ${message.title}`, error: message.error })
  }
  if (!isComplete || ended.how !== '0') {
    failures.push({ title: `the process ended with ${ended.how} in ${group}`, error: ended.output })
  } else if (passed + failures.length === 0) {
    failures.push({ title: 'no test ran', error: ended.output })
  }
  return { runtime, suite, passed, failures, notes, seconds }
}
