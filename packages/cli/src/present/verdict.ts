import type { Finding, OverallVerdict } from '@varve/inspect'
import { exitCode, type ExitCode } from '../exit-code.ts'
import type { Style } from '../output/style.ts'

const codes: Readonly<Record<OverallVerdict, ExitCode>> = {
  intact: exitCode.fine,
  torn: exitCode.notice,
  corrupt: exitCode.corrupt,
  unreadable: exitCode.notALog,
}

const worstLast: readonly OverallVerdict[] = ['intact', 'torn', 'corrupt', 'unreadable']

/** The worst of all findings. */
export function worstOf(findings: readonly Pick<Finding, 'verdict'>[]): OverallVerdict {
  return worstLast.findLast((verdict) => findings.some((finding) => finding.verdict === verdict)) ?? 'intact'
}

/** What the shell is told of a log. */
export function verdictCode({ verdict }: { readonly verdict: OverallVerdict }): ExitCode {
  return codes[verdict]
}

export function paintVerdict(verdict: Finding['verdict'] | OverallVerdict, style: Style): string {
  switch (verdict) {
    case 'intact':
      return style.good(verdict)
    case 'noted':
    case 'torn':
      return style.warning(verdict)
    case 'corrupt':
    case 'unreadable':
      return style.bad(verdict)
  }
}
