import { writeFileSync } from 'node:fs'
import type { BenchResult } from '../result.ts'
import { machineFacts, whenLine } from './facts.ts'
import { escaped } from './html-text.ts'
import { picturesOf, type Picture } from './pictures.ts'
import { colourStyle } from './svg.ts'
import { budgetTable, groupTables, verdictOf, type Table } from './tables.ts'

const style = `
${colourStyle(':root')}
:root { color-scheme: light dark; --held: #00805c; --broken: #c0392b }
@media (prefers-color-scheme: dark) { :root { --held: #2cc79a; --broken: #ff7b6b } }
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem;
  color: var(--text); background: var(--paper) }
h1 { margin: 1rem 0 0 } h2 { margin: 2.5rem 0 .5rem; font-size: 1.3rem } h3 { margin: 2rem 0 .5rem; font-size: 1rem }
.quiet { color: var(--quiet); margin: .2rem 0 } .verdict { font-size: 1.2rem; font-weight: 600 }
.met { color: var(--held) } .missed { color: var(--broken); font-weight: 600 }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-size: .82rem }
th, td { border-bottom: 1px solid var(--grid); padding: .3rem .6rem; text-align: left; vertical-align: top }
th { font-weight: 600; color: var(--quiet) } .figure { text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums } td.name:not(:first-child), details td.name { min-width: 10rem }
figure { margin: 0 } svg { display: block; width: 100%; height: auto } .narrow { display: none }
details { border-bottom: 1px solid var(--grid); padding: .3rem 0 } summary { cursor: pointer; padding: .2rem 0 }
@media (max-width: 600px) { body { font-size: 15px } th, td { padding: .3rem .35rem }
  .wide { display: none } .narrow { display: block } }
`

/** Writes one page that needs nothing else. */
export function writeHtml(result: BenchResult, file: string): void {
  writeFileSync(file, htmlPage(result))
}

export function htmlPage(result: BenchResult): string {
  const { results } = result
  const { met, of } = verdictOf(results)
  const verdict = met === of ? 'met' : 'missed'
  const groups = groupTables(results).map(
    ({ title, table }) => `<details><summary>${escaped(title)}</summary>${tableHtml(table)}</details>`,
  )
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>varve benchmarks</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${style}</style></head><body>
<h1>varve benchmarks</h1>
<p class="quiet">${escaped(machineFacts(result).map(({ name, value }) => `${name} ${value}`).join(' · '))}</p>
<p class="quiet">${escaped(whenLine(result))}</p>
<p class="verdict ${verdict}">${of === 0 ? 'Nothing had a budget.' : `${met} of ${of} budgets met.`}</p>
<p>Everything was measured in turns within one run. A ratio is a multiple of what it is compared with; its spread goes
from the lowest to the highest of ten parts of the run. Between runs and machines, compare ratios and nothing else.</p>
${of === 0 ? '' : `<h2>Budgets</h2>${tableHtml(budgetTable(results))}`}
<h2>Pictures</h2>
<p>Strong colours are the log, pale ones what else one could use, grey ones the least that the bare file system takes.
A thin line from a median of the log goes to where the slowest hundredth begins.</p>
${picturesOf(result).map(figureHtml).join('\n')}
<h2>Everything</h2>
${groups.join('\n')}
</body></html>
`
}

function figureHtml({ plot, draw }: Picture): string {
  const [wide, narrow] = [draw('wide'), draw('narrow')]
  const drawings = `<div class="wide">${wide}</div><div class="narrow">${narrow}</div>`
  return `<figure id="${escaped(plot.id)}"><h3>${escaped(plot.title)}</h3>${drawings}</figure>`
}

function tableHtml({ heads, isFigure, rows, verdictAt }: Table): string {
  const kind = (at: number): string => (isFigure[at] === true ? ' class="figure"' : ' class="name"')
  const head = heads.map((text, at) => `<th${kind(at)}>${escaped(text)}</th>`).join('')
  const body = rows.map(({ cells, met }) => {
    const marked = (text: string): string => `<span class="${met === true ? 'met' : 'missed'}">${text}</span>`
    const inner = (text: string, at: number): string =>
      met !== undefined && at === verdictAt ? marked(escaped(text)) : escaped(text)
    return `<tr>${cells.map((text, at) => `<td${kind(at)}>${inner(text, at)}</td>`).join('')}</tr>`
  })
  return `<div class="scroll"><table><tr>${head}</tr>${body.join('\n')}</table></div>`
}
