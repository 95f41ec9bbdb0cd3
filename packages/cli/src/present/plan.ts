import type { RecordRange, RepairChoice, RepairPlan } from '@varve/inspect'
import type { Output } from '../output/output.ts'
import { pairs, wrap } from '../output/table.ts'
import { counted, range } from '../output/units.ts'
import { shellWord } from '../shell.ts'
import { presentFinding } from './findings.ts'
import { paintVerdict } from './verdict.ts'

const indent = '  '

/** What is wrong, the ways out, and the command of each. */
export function presentPlan(plan: RepairPlan, directory: string, out: Output): void {
  const { style } = out
  const { verdict, findings, choices, refusals } = plan
  out.line(`${style.dim('verdict')} ${paintVerdict(verdict, style)}`)
  if (findings.length > 0) title('findings', out)
  for (const [at, finding] of findings.entries()) presentFinding(finding, out, `${at + 1} `)
  if (choices.length > 0) title(choices.length === 1 ? 'the way out' : 'ways out', out)
  for (const choice of choices) presentChoice(choice, directory, out)
  if (refusals.length > 0) title('no way out in this directory', out)
  for (const { finding, reason } of refusals) {
    out.lines(wrap(`for finding ${finding + 1}: ${reason}`, out.columns, indent))
  }
  out.line()
  out.line(choices.length === 0 && refusals.length === 0 ? 'There is nothing to repair.' : 'Nothing was changed.')
}

function title(text: string, out: Output): void {
  out.line()
  out.line(out.style.bold(text))
}

function presentChoice(choice: RepairChoice, directory: string, out: Output): void {
  const { style, columns } = out
  const { id, text, isLossless, lost, kept, checkpoint, quarantines, removes, resolves } = choice
  out.line(`${style.accent(id)}${isLossless ? `  ${style.good('loses nothing')}` : ''}`)
  out.lines(wrap(text, columns, indent))
  const facts: (readonly [string, string])[] = [
    ['resolves', `finding ${resolves.map((at) => at + 1).join(', ')}`],
    ['loses', lost.length === 0 ? 'no record' : style.bad(lossText(lost))],
    ['keeps', kept === undefined ? 'no record' : `records ${range(kept.firstSequence, kept.lastSequence)}`],
    ...(checkpoint === undefined ? [] : [['begins with', checkpoint] as const]),
    ...quarantines.map(({ name, copy }) => ['copies', `${name} to ${copy}`] as const),
    ...removes.map((name) => ['takes out', name] as const),
  ]
  out.lines(pairs(facts, style.dim, columns, indent))
  out.line(`${indent}${style.dim('$')} ${applyCommand(choice, directory)}`)
}

/** `records 1-3, 9 (4 records)`. */
export function lossText(lost: readonly RecordRange[]): string {
  const ranges = lost.map(({ firstSequence, lastSequence }) => range(firstSequence, lastSequence)).join(', ')
  const records = lostRecords(lost)
  return `records ${ranges}, ${records === undefined ? 'nobody knows how many' : counted(records, 'record')}`
}

/** How many records are lost; undefined where nothing tells. */
function lostRecords(lost: readonly RecordRange[]): number | undefined {
  let records = 0
  for (const { firstSequence, lastSequence } of lost) {
    if (lastSequence === undefined) return undefined
    records += lastSequence - firstSequence + 1
  }
  return records
}

/** What the user has to type to accept the loss of a choice. */
export function lossWord({ lost }: Pick<RepairChoice, 'lost'>): string {
  return String(lostRecords(lost) ?? 'unknown')
}

/** What carries out a choice. */
export function applyCommand(choice: RepairChoice, directory: string): string {
  const accept = choice.isLossless ? '' : ` --accept-loss ${lossWord(choice)}`
  return `varve repair ${shellWord(directory)} --apply --choice ${shellWord(choice.id)}${accept}`
}
