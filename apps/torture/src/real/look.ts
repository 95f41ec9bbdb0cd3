import { isVarveError, type VarveErrorCode } from '@varve/codec'
import { openLog, type RecoveryReport } from '@varve/segments'
import { nodeStorage } from '@varve/storage-node'
import type { Books, Finding } from './books.ts'
import { rebootedFs } from './rebooted.ts'

export interface LookOptions {
  /** Leaves everything as it is to the next writer; otherwise the log is recovered, and shut down cleanly. */
  readonly readOnly: boolean
  /** The machine was started again since the log was written. */
  readonly rebooted?: boolean
  /** An open may be refused with this code, and then nothing was looked at. */
  readonly mayRefuse?: VarveErrorCode
}

export interface Look {
  readonly findings: readonly Finding[]
  /** Number of the last record; undefined: the log was not opened. */
  readonly last: number | undefined
  readonly recovery: RecoveryReport | undefined
}

/** Most findings of one look: a log that has lost its way differs in every record. */
const findingsMax = 5

/** Opens a log without any fault, reads all of it and compares it with the books. */
export async function look(directory: string, books: Books, options: LookOptions): Promise<Look> {
  const { readOnly, mayRefuse } = options
  const findings: Finding[] = []
  try {
    const storage = nodeStorage(directory, options.rebooted === true ? { fs: rebootedFs() } : {})
    const log = await openLog({ storage, ownsStorage: true, readOnly, verify: 'all', visibility: 'written' })
    let due = 1
    try {
      for await (const record of log.read()) {
        const finding = books.compare(record, due)
        if (finding !== undefined) findings.push(finding)
        if (findings.length === findingsMax) break
        due += 1
      }
      if (findings.length < findingsMax) findings.push(...theEnd(log.lastSequence, due - 1, log.recovery, books))
      books.expose(log.lastSequence)
    } finally {
      await log.close()
    }
    return { findings, last: log.lastSequence, recovery: log.recovery }
  } catch (error) {
    const isNothing = isVarveError(error, 'NOT_FOUND') && readOnly && books.isEmpty
    const isRefused = mayRefuse !== undefined && isVarveError(error, mayRefuse)
    if (!isNothing && !isRefused) {
      const found = error instanceof Error ? error.message : String(error)
      const promised = `the log can be opened for ${readOnly ? 'reading' : 'writing'}, and read through`
      findings.push({ promised, found })
    }
    return { findings, last: undefined, recovery: undefined }
  }
}

function theEnd(claimed: number, read: number, recovery: RecoveryReport, books: Books): Finding[] {
  const findings = books.endsAt(read, `the log, read through (row ${recovery.row ?? 'created'}),`)
  if (claimed !== read) {
    findings.push({ promised: 'a log ends where it says', found: `it says ${claimed}, and ends at ${read}` })
  }
  for (const damage of recovery.damage) {
    findings.push({ promised: 'a crash damages nothing', found: JSON.stringify(damage) })
  }
  return findings
}
