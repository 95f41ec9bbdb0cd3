import { argument, defineCommand, type Command, type Context } from '../command.ts'
import { directoryArgument } from '../definitions.ts'
import { exitCode } from '../exit-code.ts'
import { exportFormats, type ExportFormat } from '../export/encode.ts'
import { exportRecords, type ExportOutcome } from '../export/run-export.ts'
import { writeInPlace, type Write } from '../export/target.ts'
import { ProgressBar } from '../output/progress-bar.ts'
import { pairs } from '../output/table.ts'
import { counted, range, size } from '../output/units.ts'
import { parseSequence } from '../parse-values.ts'
import { withLog } from '../with-storage.ts'

interface ExportFlags {
  readonly format: ExportFormat
  readonly from?: number
  readonly to?: number
  readonly output?: string
  readonly force?: boolean
}

export const exportCommand: Command = defineCommand<ExportFlags>({
  name: 'export',
  summary: 'write the records of a log in another format',
  description: [
    'ndjson: an object a line, with sequence, type, timestamp, and the payload as text where it is UTF-8 and as ' +
      'base64 where it is not; varve import --from ndjson --fields makes the same records of it. length-crc32: the ' +
      'payloads with length and CRC-32 before each. raw: the payloads, and nothing between them.',
    'A file gets its name when it is whole and durable. The log is only read, beside a writer if there is one.',
  ],
  arguments: [directoryArgument],
  options: [
    { flags: '--format <format>', text: 'what to write', values: exportFormats, default: 'ndjson' },
    { flags: '--from <sequence>', text: 'the first record', parse: parseSequence },
    { flags: '--to <sequence>', text: 'the last record', parse: parseSequence },
    { flags: '-o, --output <file>', text: 'where to; the standard output by default' },
    { flags: '--force', text: 'replace the file if there is one' },
  ],
  examples: [
    { line: 'varve export ./data -o data.ndjson', text: 'all records, with everything that belongs to them' },
    { line: 'varve export ./data --format length-crc32 --from 1000 -o old.log', text: 'for the program before' },
  ],
  changesLog: false,
  run: async (context) => {
    const { system, out, err, options } = context
    const { output, force = false } = options
    const progress = new ProgressBar(err, system)
    const outcome = await withLog(system, argument(context, 0), { readOnly: true }, async (log) => {
      const fill = (write: Write): Promise<ExportOutcome> => exportRecords(log, write, {
        format: options.format,
        range: { ...(options.from && { from: options.from }), ...(options.to && { to: options.to }) },
        signal: system.interrupt,
        onProgress: (bytes) => { progress.show(bytes, undefined) },
      })
      if (output !== undefined) return await writeInPlace(output, force, fill)
      return await fill(async (data) => {
        out.print(data)
        if (out.isFull) await out.flush()
      })
    })
    await progress.end()
    present(context, outcome)
    return exitCode.fine
  },
})

/** On the standard output there is nothing but records. */
function present({ out, err, options }: Context<ExportFlags>, outcome: ExportOutcome): void {
  const { records, payloadBytes, firstSequence, lastSequence, stripped } = outcome
  const { output, format } = options
  if (stripped > 0) {
    const stripping = `${format} has no place for types and timestamps: ${counted(stripped, 'record')}`
    err.line(`${err.style.warning('note:')} ${stripping}`)
  }
  if (output === undefined) return
  if (out.isJson) out.document({ file: output, format, ...outcome })
  else {
    const sequences = records === 0 ? 'none' : range(firstSequence, lastSequence)
    const exported = `${counted(records, 'record')}, ${size(payloadBytes)}`
    out.lines(pairs([['file', output], ['exported', exported], ['sequence', sequences]], out.style.dim, out.columns))
  }
}
