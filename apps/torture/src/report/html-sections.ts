import type { RealReport } from '../real/run.ts'
import type { ZooReport } from '../zoo/zoo.ts'
import { escaped, table } from './html-text.ts'

/** Known bugs that were put into the code, and what found each. */
export function zooSection({ mutants }: ZooReport): string {
  return `<h2>Zoo</h2>
<p>Bugs put into the code on purpose. A harness that misses one is blind there.</p>
${table(
  ['mutant', 'hazard', 'caught by', 'states to kill'],
  mutants.map(({ name, hazard, by, states, caught }) => ({
    class: caught ? 'held' : 'broken',
    cells: [name, hazard, by ?? 'nothing', String(states)],
  })),
)}`
}

/** Real processes on real disks. */
export function realSection({ ran, skipped, aborted }: RealReport): string {
  const counted = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts).map(([name, number]) => `${name} ${number}`).join(', ')
  const notRun = [...skipped, ...aborted].map(
    ({ name, reason }) => `<li>${escaped(name)}: not run: ${escaped(reason)}</li>`,
  )
  const broken = ran.flatMap(({ violations }) =>
    violations.map((each) => `<pre>${escaped(JSON.stringify(each, null, 2))}</pre>`),
  )
  return `<h2>Real processes, real disks</h2>
${table(
  ['scenario', 'proves', 'rounds', 'records', 'what happened', 'violations'],
  ran.map(({ name, proves, rounds, records, counts, violations }) => ({
    class: violations.length === 0 ? 'held' : 'broken',
    cells: [name, proves, String(rounds), String(records), counted(counts), String(violations.length)],
  })),
)}
<ul>${notRun.join('')}</ul>
${broken.join('')}`
}
