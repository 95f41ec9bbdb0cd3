import type { RepairReport, Verification } from '@varve/inspect'
import type { Output } from '../output/output.ts'
import { pairs, wrap } from '../output/table.ts'
import { count, range } from '../output/units.ts'
import { shellWord } from '../shell.ts'
import { lossText } from './plan.ts'
import { paintVerdict } from './verdict.ts'

/** What a repair did, what the log is now, and how to go on. */
export function presentRepair(report: RepairReport, verification: Verification, directory: string, out: Output): void {
  const { style, columns } = out
  const { choice, history, epoch, published, quarantined, removed, lost } = report
  const { verdict, findings, firstSequence, lastSequence } = verification
  out.line(`${style.bold('done')} ${choice}`)
  const facts: (readonly [string, string])[] = [
    ['lost', lost.length === 0 ? 'no record' : lossText(lost)],
    ...quarantined.map(({ name, copy }) => ['copied', `${name} to ${copy}`] as const),
    ...(published === undefined ? [] : [['put in place', published] as const]),
    ...removed.map((name) => ['taken out', name] as const),
    ['history', `${history}, epoch ${count(epoch)}`],
    ['verified', `${paintVerdict(verdict, style)}, records ${range(firstSequence, lastSequence)}`],
  ]
  out.lines(pairs(facts, style.dim, columns))
  out.line()
  const word = shellWord(directory)
  const isWell = verdict === 'intact' || verdict === 'torn'
  const next = isWell
    ? `The log can be opened. Keep the quarantined files until nobody needs them; varve inspect ${word} lists them.`
    : `More is wrong (${findings.map(({ code }) => code).join(', ')}): varve repair ${word} has the next plan.`
  out.lines(wrap(next, columns))
}
