import { argument, defineCommand, type Command } from '../command.ts'
import { directoryArgument, formatOption, typeOption } from '../definitions.ts'
import { exitCode } from '../exit-code.ts'
import { mustBeWhole } from '../must-be-whole.ts'
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
      'record as soon as it is there, until Ctrl-C: exit 130. It takes no lock. Damage ends it with exit code 2, ' +
      'behind the last record before it.',
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
      // Nothing comes behind a damage.
      const follows = options.follow === true && log.recovery.damage.length === 0
      const records = follows ? log.tail({ from, signal: system.interrupt }) : log.read({ from })
      const code = await printRecords(records, context, follows)
      if (code === exitCode.fine) mustBeWhole(log)
      return code
    })
  },
})
