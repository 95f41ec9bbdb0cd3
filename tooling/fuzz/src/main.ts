import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { addToCorpus } from './corpus.ts'
import { verdictOf } from './engine.ts'
import { targetNamed, targets } from './targets.ts'
import { inputMemoryBytes, type Message, type Task } from './task.ts'

/** A run that takes this long never ends. */
const hangSeconds = 20

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    engine: { type: 'string', default: 'coverage' },
    keep: { type: 'boolean', default: false },
    replay: { type: 'string' },
  },
})

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function tellFinding(target: string, path: string, text: string): void {
  const command = 'node --conditions=@varve/source tooling/fuzz/src/main.ts'
  say(`\nFINDING in ${target}: ${text}\n  input:  ${path}\n  replay: ${command} --target ${target} --replay ${path}`)
}

/** Fuzzes one target in a thread of its own, so that a run that never ends can be told. Returns the findings. */
function fuzzInWorker(task: Task): Promise<number> {
  const words = new Int32Array(task.memory, 0, 2)
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: task })
  return new Promise((resolve, reject) => {
    let findings = 0
    let count = -1
    const watch = setInterval(() => {
      const now = Atomics.load(words, 0)
      if (now === count && now > 0) {
        const input = new Uint8Array(task.memory.slice(8, 8 + Atomics.load(words, 1)))
        tellFinding(task.target, addToCorpus(task.target, 'finding hang', input), `a run takes over ${hangSeconds} s`)
        findings += 1
        void worker.terminate()
      }
      count = now
    }, hangSeconds * 1000)
    worker.on('message', (message: Message) => {
      if (message.kind === 'line') say(message.text)
      else {
        findings += 1
        tellFinding(task.target, message.path, message.text)
      }
    })
    worker.on('error', reject)
    worker.on('exit', () => {
      clearInterval(watch)
      resolve(findings)
    })
  })
}

async function replay(name: string, path: string): Promise<number> {
  const verdict = await verdictOf(targetNamed(name), new Uint8Array(readFileSync(path)))
  say('outcome' in verdict ? verdict.outcome : (verdict.failure.stack ?? verdict.failure.message))
  return 'outcome' in verdict ? 0 : 1
}

async function main(): Promise<number> {
  if (values.replay !== undefined) return await replay(values.target ?? '', values.replay)
  const engine = values.engine === 'generate' ? 'generate' : 'coverage'
  const chosen = values.target === undefined ? targets : [targetNamed(values.target)]
  const seconds = Number(values.seconds) / chosen.length
  const seed = values.seed === undefined ? Math.floor(Math.random() * 0x7fff_ffff) : Number(values.seed)
  say(`seed ${seed}, ${seconds.toFixed(0)} s for each of ${chosen.length} targets, engine ${engine}`)
  let findings = 0
  for (const { name } of chosen) {
    const memory = new SharedArrayBuffer(inputMemoryBytes)
    findings += await fuzzInWorker({ target: name, seconds, seed, engine, keep: values.keep, memory })
  }
  return findings === 0 ? 0 : 1
}

process.exitCode = await main()
