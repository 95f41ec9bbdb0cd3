import { argument, defineCommand, type Command } from '../command.ts'
import { directoryArgument, formatOption, fromOption, toOption, typeOption } from '../definitions.ts'
import { exitCode } from '../exit-code.ts'
import { mustBeWhole } from '../must-be-whole.ts'
import { printRecords, type PrintOptions } from '../print-records.ts'
import { withLog } from '../with-storage.ts'

interface CatOptions extends PrintOptions {
  readonly from?: number
  readonly to?: number
}

export const cat: Command = defineCommand<CatOptions>({
  name: 'cat',
  summary: 'print records',
  description: [
    'Prints the records of a log in order, from --from to --to. It takes no lock; beside a living writer it ends ' +
      'at what was there when it began. Damage ends it with exit code 2, behind the last record before it.',
    'On a terminal, control characters in payloads are spelt out.',
  ],
  arguments: [directoryArgument],
  options: [fromOption, toOption, typeOption, formatOption],
  examples: [
    { line: 'varve cat ./data --from 1000 --to 1010', text: 'eleven records, as text' },
    { line: "varve cat ./data --json --type 3 | jq .text", text: 'records of one type, an object a line' },
    { line: 'varve cat ./data --format length-prefixed | varve append ./other --create --length-prefixed',
      text: 'payloads of any bytes into another log' },
  ],
  changesLog: false,
  run: async (context) => {
    const { from, to } = context.options
    const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
    return await withLog(context.system, argument(context, 0), { readOnly: true }, async (log) => {
      const code = await printRecords(log.read(range), context)
      if (code === exitCode.fine) mustBeWhole(log, to)
      return code
    })
  },
})
