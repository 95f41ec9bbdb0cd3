import type { MutantResult, ZooReport } from './zoo.ts'

/** The report as a table in Markdown, for docs/TESTING.md. */
export function zooTable({ mutants }: Pick<ZooReport, 'mutants'>): string {
  const rows = mutants.map((each) => row(cells(each)))
  const head = ['mutant', 'hazard', 'caught by', 'processes to kill', 'also caught by']
  return [row(head), row(['---', '---', '---', '---:', '---']), ...rows, ''].join('\n')
}

function cells({ name, hazard, caught, by, states, statesMax, otherModes }: MutantResult): string[] {
  const count = caught ? grouped(states) : `not in ${grouped(statesMax)}`
  return [`\`${name}\``, hazard, by ?? '**nothing**', count, otherModes.join(', ')]
}

function row(texts: readonly string[]): string {
  return `| ${texts.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`
}

/** With commas, whatever the locale of the machine. */
function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}
