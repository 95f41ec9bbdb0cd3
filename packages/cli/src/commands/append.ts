import type { Log, OpenOptions } from 'varve'
import { Appending } from '../acknowledge.ts'
import { argument, defineCommand, type Command, type Context } from '../command.ts'
import { directoryArgument } from '../definitions.ts'
import { exitCode, type ExitCode } from '../exit-code.ts'
import { parseInteger, parseType } from '../parse-values.ts'
import { lengthPrefixed, lines, piecesOf } from '../read-input.ts'
import { withLog } from '../with-storage.ts'

interface AppendOptions {
  readonly type: number
  readonly durability: NonNullable<OpenOptions['durability']>
  readonly batch: number
  readonly lengthPrefixed?: boolean
  readonly create?: boolean
  readonly quiet?: boolean
}

const batchMax = 65_536

export const append: Command = defineCommand<AppendOptions>({
  name: 'append',
  summary: 'append records from standard input',
  description: [
    'Appends each line of standard input, without its line break, as a record; a last line without one counts. ' +
      'Prints the number of each record when it is acknowledged, which says what --durability says: sync and group ' +
      'print what is durable, async what is written, which is durable when the command has ended with 0.',
    'It takes the lock. When it fails or is interrupted it says how many records were acknowledged: those are in the ' +
      'log, later ones may be.',
  ],
  arguments: [directoryArgument],
  options: [
    { flags: '--type <type>', text: 'type of the records', parse: parseType, default: 0 },
    {
      flags: '--durability <mode>',
      text: 'what an acknowledgement means; group syncs many records at once',
      values: ['sync', 'group', 'async'],
      default: 'group',
    },
    {
      flags: '--batch <count>',
      text: 'so many records are one atomic batch: after a crash all of them are there, or none',
      parse: (text) => parseInteger(text, 1, batchMax),
      default: 1,
    },
    { flags: '--length-prefixed', text: 'input is a big-endian u32 before each payload, in place of lines' },
    { flags: '--create', text: 'begin a log where there is none' },
    { flags: '-q, --quiet', text: 'print no numbers, only the sum' },
  ],
  examples: [
    { line: 'echo hello | varve append ./data --create', text: 'begin a log with one record' },
    { line: 'tail -f app.log | varve append ./data --durability async --quiet', text: 'follow another file' },
    { line: 'varve append ./data --batch 100 < lines.txt', text: 'a hundred lines at once, or none of them' },
  ],
  changesLog: true,
  run: async (context) => {
    const { system, options } = context
    const directory = argument(context, 0)
    const { durability, create = false } = options
    return await withLog(system, directory, { durability, create }, (log) => appendInput(log, context))
  },
})

async function appendInput(log: Log, context: Context<AppendOptions>): Promise<ExitCode> {
  const { system, out, err, options } = context
  const appending = new Appending(log, out, { type: options.type, isQuiet: options.quiet === true })
  try {
    const pieces = piecesOf(system.stdin, system)
    let batch: Uint8Array[] = []
    for await (const payload of options.lengthPrefixed === true ? lengthPrefixed(pieces) : lines(pieces)) {
      batch.push(payload)
      if (batch.length < options.batch) continue
      await appending.append(batch)
      batch = []
    }
    if (batch.length > 0) await appending.append(batch)
    await appending.settle()
  } catch (error) {
    // What was handed over before may still be acknowledged; of two failures the first one is told.
    await appending.settle().catch(() => undefined)
    tellSum(appending, context)
    throw error
  }
  if (options.quiet === true || system.interrupt.aborted) tellSum(appending, context)
  else if (err.isTerminal && !out.isJson) err.line(appending.describe())
  return system.interrupt.aborted ? exitCode.interrupted : exitCode.fine
}

function tellSum(appending: Appending, { out, err }: Context<AppendOptions>): void {
  const { first, last, records } = appending
  if (out.isJson) out.object({ acknowledged: { records, ...(first === undefined ? {} : { first, last }) } })
  else err.line(appending.describe())
}
