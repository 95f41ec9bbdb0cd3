import type { LogReport } from './collect.ts'
import { html } from './markup.ts'
import { choicesSection } from './sections/choices.ts'
import { contentsSection } from './sections/contents.ts'
import { checkpointsSection, filesSection, historySection } from './sections/files.ts'
import { findingsSection } from './sections/findings.ts'
import { segmentsSection } from './sections/segments.ts'
import { factsSection, verdictSection } from './sections/verdict.ts'
import { style } from './style.ts'

/** Nothing may be loaded and no script may run, whatever a file name or a note holds. */
const policy = "default-src 'none'; style-src 'unsafe-inline'"

/** The report as one page that needs nothing else: what is wrong first, then what there is. */
export function reportPage(report: LogReport): string {
  const { directory, verdict, madeMs, version } = report
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${verdict}: ${directory}</title>
<style>${style}</style>
</head>
<body>
<main>
${[
    verdictSection(report),
    findingsSection(report),
    choicesSection(report),
    factsSection(report),
    segmentsSection(report),
    contentsSection(report),
    checkpointsSection(report),
    historySection(report),
    filesSection(report),
  ]}
<footer>Made by varve ${version} at ${new Date(madeMs).toISOString()}. The log was only read; if a writer was
at work, parts of this are of different moments.</footer>
</main>
</body>
</html>
`
  return page.text
}
