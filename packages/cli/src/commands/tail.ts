import { argument, defineCommand, type Command } from '../command.ts'
import { directoryArgument, formatOption, typeOption } from '../definitions.ts'
import { parseCount } from '../parse-values.ts'
import { printRecords, type PrintOptions } from '../print-records.ts'
import { withLog } from '../with-storage.ts'

interface TailOptions extends PrintOptions {
  readonly lines: number
  readonly follow?: boolean
}

export const tail: Command = defineCommand<TailOptions>({
  name: 'tail',
  summary: 'print the last records, and follow what is appended',
  description: [
    'Prints the last records. With --follow it then waits for what another process appends, and prints each ' +
      'record as soon as it is there, until Ctrl-C: exit 130. It takes no lock.',
  ],
  arguments: [directoryArgument],
  options: [
    { flags: '-n, --lines <count>', text: 'how many records', parse: parseCount, default: 10 },
    { flags: '-f, --follow', text: 'go on with what is appended' },
    typeOption,
    formatOption,
  ],
  examples: [
    { line: 'varve tail ./data -n 3', text: 'the last three records' },
    { line: 'varve tail ./data -f --json', text: 'follow a log, an object a line' },
  ],
  changesLog: false,
  run: async (context) => {
    const { system, options } = context
    return await withLog(system, argument(context, 0), { readOnly: true }, async (log) => {
      const from = Math.max(log.firstSequence, log.lastSequence + 1 - options.lines)
      const records = options.follow === true ? log.tail({ from, signal: system.interrupt }) : log.read({ from })
      return await printRecords(records, context, options.follow)
    })
  },
})
