import type { Durability } from 'varve'
import { argument, defineCommand, type Command } from '../command.ts'
import { directoryArgument } from '../definitions.ts'
import { presentImport } from '../import/present.ts'
import { runImport, type ImportOptions } from '../import/run-import.ts'
import { ProgressBar } from '../output/progress-bar.ts'
import { parseCount } from '../parse-values.ts'

const modes: readonly Durability[] = ['sync', 'group', 'async']

export const importCommand: Command = defineCommand<ImportOptions>({
  name: 'import',
  summary: 'put the records of another format into a log',
  description: [
    'length-crc32 is a file without a header of big-endian [u32 length][u32 crc32(payload)][payload] records. A last ' +
      'record that was cut off is reported, and everything before it imported (exit code 1). Damage stops the import ' +
      'at its place (exit code 2). Zeros up to the end of the file are taken for room that was never written.',
    'ndjson is one record a line: the line itself, or with --fields an object of type, timestamp, and payload (text) ' +
      'or payloadBase64, as varve export writes them. A line that is no JSON stops the import.',
    'Records go into the log a batch at a time, and are durable when the command ends. If it was interrupted, ' +
      '--resume compares what the log has with the beginning of the file, and goes on behind it.',
  ],
  arguments: [{ name: 'FILE', text: 'what to import; - is the standard input, for ndjson' }, directoryArgument],
  options: [
    { flags: '--from <format>', text: 'what the file is', values: ['length-crc32', 'ndjson'], default: 'length-crc32' },
    { flags: '--fields', text: 'ndjson: lines are objects with type, timestamp and payload' },
    { flags: '--dry-run', text: 'only check the file; do not even open the log' },
    { flags: '--resume', text: 'go on with an import of the same file that was interrupted' },
    { flags: '--append', text: 'add to the records that the log has' },
    { flags: '--keep-empty', text: 'length-crc32: zeros at the end of the file are empty records' },
    { flags: '--durability <mode>', text: 'of each batch; at the end all is synced', values: modes, default: 'async' },
    { flags: '--segment-bytes <n>', text: 'capacity of new segments', parse: parseCount },
    { flags: '--max-record-bytes <n>', text: 'lengths above it are not believed', parse: parseCount },
  ],
  examples: [
    { line: 'varve import --from length-crc32 old.log ./data --dry-run', text: 'check the old file first' },
    { line: 'varve import --from length-crc32 old.log ./data', text: 'import it' },
    { line: 'varve export ./a | varve import --from ndjson --fields - ./b', text: 'records with types and timestamps' },
  ],
  changesLog: true,
  run: async (context) => {
    const { system, out, err, options } = context
    const [file, directory] = [argument(context, 0), argument(context, 1)]
    const progress = new ProgressBar(err, system)
    const outcome = await runImport(system, {
      file,
      directory,
      options,
      onProgress: ({ bytesDone }, total) => { progress.show(bytesDone, total) },
    })
    await progress.end()
    const report = { file, directory, isDryRun: options.dryRun === true, durationMs: progress.elapsedMs, ...outcome }
    return presentImport(report, out)
  },
})
