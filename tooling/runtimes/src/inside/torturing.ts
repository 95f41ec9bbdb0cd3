import { explainFailure, runCase, tortureCases, withoutAmbient, type TortureCase } from '@varve/torture'
import type { Message, Orders } from './orders.ts'

// Taken away while a simulated case runs.
const now = performance.now.bind(performance)

/** Long lives by chance on simulated disks, and the same workloads on the node adapter. */
function isWanted({ engine, storage }: TortureCase): boolean {
  return engine.kind === 'swarm' || storage.startsWith('node')
}

/** Each case so many times, whatever time it takes. */
export async function torturing({ runs, seed }: Orders, tell: (message: Message) => void): Promise<void> {
  const cases = tortureCases.filter(isWanted)
  let lives = 0
  for (const what of cases) {
    tell({ kind: 'begin', group: what.name })
    const began = now()
    const run = (): ReturnType<typeof runCase> => runCase(what, { seed, runs, probe: () => {}, goesOn: () => true })
    const seen = await (what.storage === 'simulated' ? withoutAmbient(run) : run())
    lives += seen.lives
    const milliseconds = now() - began
    const error = await verdict(what, seen)
    tell({ kind: 'test', group: what.name, title: what.looksFor, milliseconds, ...error })
  }
  tell({ kind: 'note', text: `${cases.length} cases, ${lives} lives` })
}

async function verdict(
  what: TortureCase,
  { lives, failure }: Awaited<ReturnType<typeof runCase>>,
): Promise<{ error?: string }> {
  if (failure !== undefined) {
    const { violation, replay } = await explainFailure(what, failure)
    return { error: `${violation}\npnpm torture --replay '${replay}'` }
  }
  return lives === 0 ? { error: 'nothing was looked at' } : {}
}
