import { findingCodes, type Finding } from '@varve/inspect'
import type { Output } from '../output/output.ts'
import { wrap } from '../output/table.ts'
import { count, range } from '../output/units.ts'
import { hexLines } from '../output/hex.ts'
import { paintVerdict } from './verdict.ts'

const indent = '  '

/** What is wrong, place by place, each with what stands there. */
export function presentFindings(findings: readonly Finding[], out: Output): void {
  for (const finding of findings) presentFinding(finding, out)
}

/** One finding, behind its number if it has one. */
export function presentFinding(finding: Finding, out: Output, number = ''): void {
  const { style, columns } = out
  const { code, verdict, file, position, bytes, row, evidence, firstSequence, lastSequence, context } = finding
  const head = `${number}${paintVerdict(verdict, style)} ${style.bold(code)}: ${findingCodes[code]}`
  out.lines(wrap(head, columns).map((line, at) => (at === 0 ? line : indent + line)))
  const extent = bytes === 0 ? '' : `, ${count(bytes)} bytes`
  out.line(`${indent}${style.dim('at')} ${file} ${style.dim('offset')} ${count(position)}${extent}`)
  out.lines(wrap(`${style.dim('because')} ${evidence}`, columns, indent))
  if (row !== undefined) out.line(`${indent}${style.dim('rule')} ${row}`)
  if (firstSequence !== undefined) {
    out.line(`${indent}${style.dim('records at stake')} ${range(firstSequence, lastSequence)}`)
  }
  if (context === undefined) return
  const marked = { from: position, to: position + Math.max(1, bytes) }
  for (const line of hexLines(context.bytes, context.position, marked, style)) out.line(`${indent}${line}`)
}
