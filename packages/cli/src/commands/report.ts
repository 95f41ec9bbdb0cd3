import { argument, defineCommand, UsageError, type Command } from '../command.ts'
import { directoryArgument } from '../definitions.ts'
import { writeInPlace } from '../export/target.ts'
import { ProgressBar } from '../output/progress-bar.ts'
import { pairs } from '../output/table.ts'
import { count, counted } from '../output/units.ts'
import { paintVerdict, verdictCode } from '../present/verdict.ts'
import { collectReport } from '../report/collect.ts'
import { reportPage } from '../report/page.ts'
import { version } from '../version.ts'
import { withStorage } from '../with-storage.ts'

interface ReportFlags {
  readonly html?: string
  readonly force?: boolean
}

export const report: Command = defineCommand<ReportFlags>({
  name: 'report',
  summary: 'a page about a log, for a person to look at',
  description: [
    'Looks at everything, and writes one page of HTML: the verdict, what is wrong with the bytes around it, the ways ' +
      'out, the segments as a map, sizes and types of records, sequence over bytes, checkpoints. It needs no network ' +
      'and holds no payload but the few bytes around damage. --json prints the same data.',
    'The log is only read, beside a writer if there is one. The exit code is that of varve verify.',
  ],
  arguments: [directoryArgument],
  options: [
    { flags: '--html <file>', text: 'where to write the page' },
    { flags: '--force', text: 'replace the file if there is one' },
  ],
  examples: [
    { line: 'varve report ./data --html report.html', text: 'a page to look at or to send' },
    { line: 'varve report ./data --json', text: 'the same data for a program' },
  ],
  changesLog: false,
  run: async (context) => {
    const { system, out, err, options } = context
    const directory = argument(context, 0)
    const file = options.html
    if (file === undefined && !out.isJson) throw new UsageError('--html FILE or --json: nothing else to write to.')
    const progress = new ProgressBar(err, system)
    const made = await withStorage(system, directory, async (storage) => {
      return await collectReport(storage, system, {
        directory,
        version,
        onProgress: ({ bytesDone, bytesTotal }) => { progress.show(bytesDone, bytesTotal) },
      })
    })
    await progress.end()
    if (file !== undefined) await writeInPlace(file, options.force === true, (write) => write(reportPage(made)))
    if (out.isJson) out.document(made)
    else {
      const { verdict, findings, contents } = made
      out.lines(pairs([
        ['page', String(file)],
        ['verdict', paintVerdict(verdict, out.style)],
        ['findings', count(findings.length)],
        ['read', counted(contents.records, 'record')],
      ], out.style.dim, out.columns))
    }
    return verdictCode(made)
  },
})
