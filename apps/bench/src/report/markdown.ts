import { readFileSync } from 'node:fs'
import type { BenchResult } from '../result.ts'
import { machineFacts, whenLine } from './facts.ts'
import { picturesOf } from './pictures.ts'
import { budgetTable, groupTables, verdictOf, type Table } from './tables.ts'

const template = new URL('./benchmarks-template.md', import.meta.url)

/** The text of docs/BENCHMARKS.md. Pictures are expected in `benchmarks/` beside it, named after their plots. */
export function benchmarksMarkdown(result: BenchResult): string {
  const { results } = result
  const { met, of } = verdictOf(results)
  const facts = machineFacts(result).map(({ name, value }) => ({ cells: [name, value], met: undefined }))
  const pictures = picturesOf(result).map(
    ({ plot: { id, title } }) => `### ${inText(title)}\n\n${wrapped(`![${inText(title)}](benchmarks/${id}.svg)`)}`,
  )
  const groups = groupTables(results).map(
    ({ title, table }) => `<details><summary>${inText(title)}</summary>\n\n${tableMarkdown(table)}\n\n</details>`,
  )
  const parts: Readonly<Record<string, string>> = {
    when: whenLine(result),
    machine: tableMarkdown({ heads: ['machine', ''], isFigure: [false, false], rows: facts }),
    verdict: of === 0 ? 'Nothing had a budget.' : `${met} of ${of} met.`,
    budgets: of === 0 ? '' : tableMarkdown(budgetTable(results)),
    pictures: pictures.join('\n\n'),
    groups: groups.join('\n\n'),
  }
  const text = readFileSync(template, 'utf8').replace(/\{\{(\w+)\}\}/g, (whole, name: string) => parts[name] ?? whole)
  return text.replace(/\n{3,}/g, '\n\n')
}

function tableMarkdown({ heads, isFigure, rows, verdictAt }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(inTable).join(' | ')} |`
  const rule = heads.map((_, at) => (isFigure[at] === true ? '---:' : '---'))
  // What was missed must be seen.
  const body = rows.map(({ cells, met }) =>
    line(cells.map((cell, at) => (met === false && at === verdictAt ? `**${cell}**` : cell))),
  )
  return [line(heads), `| ${rule.join(' | ')} |`, ...body].join('\n')
}

function inTable(cell: string): string {
  return inText(cell).replaceAll('|', '\\|')
}

function inText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

/** Where a line would be too long: a line end within the words for a picture is a space. */
function wrapped(text: string): string {
  if (text.length <= 120) return text
  const at = text.lastIndexOf(' ', 120)
  return at < 0 ? text : `${text.slice(0, at)}\n${wrapped(text.slice(at + 1))}`
}
