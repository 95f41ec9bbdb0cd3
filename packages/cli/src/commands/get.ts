import { argument, defineCommand, type Command } from '../command.ts'
import { directoryArgument, formatOption } from '../definitions.ts'
import { exitCode } from '../exit-code.ts'
import { count, range } from '../output/units.ts'
import { mustBeWhole } from '../must-be-whole.ts'
import { parseSequence } from '../parse-values.ts'
import { printRecord } from '../format-record.ts'
import { formatOf, type PrintOptions } from '../print-records.ts'
import { withLog } from '../with-storage.ts'

export const get: Command = defineCommand<PrintOptions>({
  name: 'get',
  summary: 'print one record',
  description: ['Prints the record with a number. One that is not there, or no longer, is exit code 1.'],
  arguments: [directoryArgument, { name: 'SEQ', text: 'number of the record' }],
  options: [formatOption],
  examples: [
    { line: 'varve get ./data 42 --format hex', text: 'one record, byte for byte' },
    { line: 'varve get ./data 42 --format raw > payload.bin', text: 'its payload and nothing else' },
  ],
  changesLog: false,
  run: async (context) => {
    const { system, out, err } = context
    const sequence = parseSequence(argument(context, 1))
    return await withLog(system, argument(context, 0), { readOnly: true }, async (log) => {
      const record = await log.get(sequence)
      if (record === undefined) {
        mustBeWhole(log, sequence)
        const there = range(log.firstSequence, log.lastSequence)
        if (out.isJson) out.object({ sequence, found: false })
        else err.line(`there is no record ${count(sequence)}; the log holds ${there}`)
        return exitCode.notice
      }
      printRecord(record, formatOf(context), out)
      return exitCode.fine
    })
  },
})
