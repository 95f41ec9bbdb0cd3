import type { CaseReport, TortureReport } from '../run/torture.ts'
import type { Failure } from '../run/failure.ts'
import type { FullReport } from './full-report.ts'
import { realSection, zooSection } from './html-sections.ts'
import { escaped, table } from './html-text.ts'

const style = `
:root { color-scheme: light dark; --line: #8884; --held: #2c7a4b; --broken: #c0392b; --quiet: #8888 }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem }
h1 { margin-bottom: 0 } h2 { margin-top: 2.5rem } .quiet { color: var(--quiet) }
table { border-collapse: collapse; width: 100%; font-size: 13px } caption { text-align: left; padding: .5rem 0 }
th, td { border: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top }
td.number { text-align: right; font-variant-numeric: tabular-nums }
.held { background: #2c7a4b22 } .broken { background: #c0392b44; font-weight: 600 } .empty { color: var(--quiet) }
pre { overflow-x: auto; background: #8881; padding: 1rem; font-size: 12px; line-height: 1.4 }
.verdict { font-size: 1.3rem } .ok { color: var(--held) } .not { color: var(--broken) }
`

/** One page that needs nothing else. */
export function htmlReport(report: FullReport): string {
  const { simulated, zoo, real, isGreen, complaints, machine } = report
  const verdict = isGreen ? '<span class="ok">Every promise held.</span>' : '<span class="not">Not green.</span>'
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>varve torture</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${style}</style></head><body>
<h1>varve torture</h1>
<p class="quiet">${escaped(machine)}</p>
<p class="verdict">${verdict}</p>
${complaints.length === 0 ? '' : `<ul>${complaints.map((text) => `<li>${escaped(text)}</li>`).join('')}</ul>`}
${simulated === undefined ? '' : simulatedSections(simulated)}
${zoo === undefined ? '' : zooSection(zoo)}
${real === undefined ? '' : realSection(real)}
</body></html>
`
}

const count = (value: number): string => Math.round(value).toLocaleString('en-US')

function simulatedSections(report: TortureReport): string {
  const { looked, states, lives, seconds, seed } = report
  return `
<h2>Simulated</h2>
<p>${count(looked)} states after a crash in ${seconds.toFixed(1)} s (${count(looked / seconds)} a second),
${count(states)} of them distinct; ${count(lives)} processes; seed ${seed}.</p>
${matrix(report.cases)}
${report.failures.map(failureSection).join('')}
<h2>Cases</h2>
${table(
  ['case', 'looks for', 'states', 'distinct', 'processes', 'seconds', 'verdict'],
  report.cases.map((each) => ({
    class: each.verdict,
    cells: [
      each.name,
      each.looksFor,
      count(each.looked),
      count(each.states),
      count(each.lives),
      each.seconds.toFixed(1),
      each.engine === 'exhaustive' && !each.isComplete ? `${each.verdict}, out of time` : each.verdict,
    ],
  })),
)}
<h2>Probes</h2>
${table(
  ['probe', 'hits'],
  Object.entries(report.probes).map(([name, hits]) => ({
    class: report.missedProbes.includes(name) ? 'broken' : '',
    cells: [name, count(hits)],
  })),
)}`
}

/** Storage and durability down, kinds of disk across; a cell has the states that were looked at there. */
function matrix(cases: readonly CaseReport[]): string {
  const profiles = [...new Set(cases.map(({ profile }) => profile))]
  const rows = [...new Set(cases.map(({ storage, durability }) => `${storage} / ${durability}`))]
  const cell = (row: string, profile: string): string => {
    const here = cases.filter((each) => `${each.storage} / ${each.durability}` === row && each.profile === profile)
    if (here.length === 0) return '<td class="empty">–</td>'
    const verdict = here.some((each) => each.verdict === 'broken') ? 'broken' : 'held'
    const looked = here.reduce((sum, each) => sum + each.looked, 0)
    return `<td class="${verdict}" title="${here.length} cases">${verdict}<br>${count(looked)}</td>`
  }
  const body = rows.map((row) => `<tr><th>${escaped(row)}</th>${profiles.map((each) => cell(row, each)).join('')}</tr>`)
  return `<table><caption>Storage and durability, by kind of disk: the verdict, and states after a crash.</caption>
<tr><th></th>${profiles.map((each) => `<th>${escaped(each)}</th>`).join('')}</tr>${body.join('')}</table>`
}

function failureSection(failure: Failure): string {
  const { case: name, looksFor, violation, replay, timeline } = failure
  return `<h3 class="not">${escaped(name)}: ${escaped(violation)}</h3><p>${escaped(looksFor)}</p>
<pre>${escaped(timeline.join('\n'))}</pre><pre>pnpm torture --replay '${escaped(replay)}'</pre>`
}
