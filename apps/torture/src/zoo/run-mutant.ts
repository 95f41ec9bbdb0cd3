import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Mutant } from './mutant.ts'
import type { CaseOutcome, Order } from './order.ts'
import { bundleMutant } from './transform.ts'

const execute = promisify(execFile)

/** Long enough for any budget on any machine: what still runs then runs for ever, and is killed. */
const hangMs = 120_000
const outputBytesMax = 64 * 1024 * 1024

/**
 * Bundles the mutant and runs the order in a process of its own, which nothing of it outlives. What the process found
 * before it failed or had to be killed counts.
 */
export async function runMutant(mutant: Pick<Mutant, 'name' | 'edits'>, order: Order): Promise<readonly CaseOutcome[]> {
  const bundle = await bundleMutant(mutant)
  try {
    return outcomesIn(await outputOf(bundle.path, order))
  } finally {
    bundle.remove()
  }
}

async function outputOf(path: string, order: Order): Promise<string> {
  const options = { timeout: hangMs, killSignal: 'SIGKILL', maxBuffer: outputBytesMax, encoding: 'utf8' } as const
  try {
    const { stdout } = await execute(process.execPath, [path, JSON.stringify(order)], options)
    return stdout
  } catch (error) {
    return (error as { readonly stdout?: string }).stdout ?? ''
  }
}

function outcomesIn(output: string): CaseOutcome[] {
  const lines = output.split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as CaseOutcome)
}
