import { parentPort, workerData } from 'node:worker_threads'
import { addToCorpus, readCorpus } from './corpus.ts'
import { Coverage } from './coverage.ts'
import { fuzz, verdictOf, type Progress } from './engine.ts'
import { knownAs } from './known.ts'
import { minimise } from './minimise.ts'
import type { Message, Task } from './task.ts'
import type { FuzzTarget, Outcome } from './target.ts'
import { targetNamed } from './targets.ts'

/** Tries to make one entry of the corpus smaller. */
const keepRunsMax = 120
/** What the outcomes of one target may take in the repository; beyond that only findings are added. */
const keepBytesMax = 32_768

function tell(message: Message): void {
  parentPort?.postMessage(message)
}

async function work(task: Task): Promise<void> {
  const target = targetNamed(task.target)
  const words = new Int32Array(task.memory, 0, 2)
  const bytes = new Uint8Array(task.memory, 8)
  const running = (input: Uint8Array): void => {
    Atomics.store(words, 1, input.length)
    bytes.set(input)
    Atomics.add(words, 0, 1)
  }
  const entries = readCorpus(target.name).map((entry) => entry.bytes)
  const inputs = [...(await target.seeds()), ...entries]
  const findings = new Map<string, { input: Uint8Array; failure: Error }>()
  const news: News[] = []
  const known = new Set<string>()
  const coverage = task.engine === 'coverage' ? new Coverage() : undefined
  const end = await fuzz(target, inputs, { ...task, coverage }, {
    running,
    news: (input, outcome) => news.push({ input, outcome }),
    finding: (input, failure) => {
      if (knownAs(target.name, failure) !== undefined) known.add(failure.message)
      else if (!findings.has(classOf(failure))) findings.set(classOf(failure), { input, failure })
    },
    progress: (state) => { tell({ kind: 'line', text: describe(task.target, state) }) },
  })
  tell({ kind: 'line', text: describe(task.target, end) })
  for (const message of known) tell({ kind: 'line', text: `  known: ${message}` })
  if (task.keep) await keepNews(target, news, running)
  for (const { input, failure } of findings.values()) {
    const small = await minimise(input, async (candidate) => {
      running(candidate)
      const verdict = await verdictOf(target, candidate)
      return 'failure' in verdict && classOf(verdict.failure) === classOf(failure)
    })
    const path = addToCorpus(target.name, `finding ${failure.message}`, small)
    tell({ kind: 'finding', path, text: failure.stack ?? failure.message })
  }
}

interface News {
  readonly input: Uint8Array
  readonly outcome: Outcome
}

/** Puts an input for every outcome that the corpus does not reach into it, as small as it can be made quickly. */
async function keepNews(
  target: FuzzTarget,
  news: readonly News[],
  running: (input: Uint8Array) => void,
): Promise<void> {
  const seen = new Set<Outcome>()
  let total = 0
  for (const { bytes } of readCorpus(target.name)) {
    total += bytes.length
    const verdict = await verdictOf(target, bytes)
    if ('outcome' in verdict) seen.add(verdict.outcome)
  }
  for (const { input, outcome } of news) {
    if (seen.has(outcome) || total > keepBytesMax) continue
    const small = await minimise(input, async (candidate) => {
      running(candidate)
      const verdict = await verdictOf(target, candidate)
      return 'outcome' in verdict && verdict.outcome === outcome
    }, keepRunsMax)
    addToCorpus(target.name, outcome, small)
    total += small.length
  }
}

/** Failures that differ only in numbers are one. */
function classOf(failure: Error): string {
  return failure.message.replace(/\d+/g, 'n')
}

function describe(name: string, state: Progress): string {
  const rate = Math.round(state.runs / Math.max(0.001, state.seconds))
  const { runs, seconds, pool, outcomes, blocks } = state
  const speed = `${runs} runs in ${seconds.toFixed(0)} s, ${rate}/s`
  return `${name}: ${speed}, ${pool} inputs, ${outcomes} outcomes, ${blocks} blocks`
}

await work(workerData as Task)
