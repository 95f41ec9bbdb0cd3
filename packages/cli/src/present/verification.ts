import type { Verification } from '@varve/inspect'
import type { Output } from '../output/output.ts'
import { table } from '../output/table.ts'
import { count, counted, range, size } from '../output/units.ts'
import { presentFindings } from './findings.ts'
import { paintVerdict } from './verdict.ts'

/** A verdict for each file and for all, then what is wrong. */
export function presentVerification(verification: Verification, out: Output): void {
  const { files, findings, verdict, firstSequence, lastSequence } = verification
  const { style } = out
  if (files.length > 0) {
    const rows = files.map((file) => [
      file.isArchived ? style.dim('archived') : paintVerdict(file.verdict, style),
      size(file.bytes),
      file.name,
    ])
    out.lines(table([{ title: 'verdict' }, { title: 'bytes', align: 'right' }, { title: 'file' }], rows, style.dim))
    out.line()
  }
  const bytes = files.reduce((sum, file) => sum + (file.isArchived ? 0 : file.bytes), 0)
  const records = Math.max(0, lastSequence - firstSequence + 1)
  const told = [`records ${range(firstSequence, lastSequence)} (${count(records)})`, counted(files.length, 'file')]
  out.line(`${style.bold(paintVerdict(verdict, style))}: ${[...told, size(bytes)].join(', ')}`)
  if (findings.length === 0) return
  out.line()
  presentFindings(findings, out)
}
