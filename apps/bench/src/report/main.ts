// `pnpm bench:docs RESULT.json`: writes docs/BENCHMARKS.md and its pictures from a run.
// `pnpm bench:html RESULT.json PAGE.html`: writes a page of its own.
import { writeDocs } from './docs.ts'
import { writeHtml } from './html.ts'
import { readResult } from './read-result.ts'

const usage = `usage: pnpm bench:docs RESULT.json [DIRECTORY]
       pnpm bench:html RESULT.json PAGE.html

RESULT.json is what pnpm bench --json has written. DIRECTORY is docs unless it is given.
`

const [command, result, target] = process.argv.slice(2)
if (command === 'docs' && result !== undefined) writeDocs(readResult(result), target ?? 'docs')
else if (command === 'html' && result !== undefined && target !== undefined) writeHtml(readResult(result), target)
else {
  process.stderr.write(usage)
  process.exitCode = 2
}
