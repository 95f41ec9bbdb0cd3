import { defineCommand, UsageError, type Command } from '../command.ts'
import { exitCode, exitCodes } from '../exit-code.ts'
import { manualPage } from '../manual-page.ts'
import { pairs } from '../output/table.ts'

/** The help on `commands`, on exit codes, and the manual page. */
export function helpCommand(others: readonly Command[]): Command {
  const help: Command = defineCommand({
    name: 'help',
    summary: 'help on a command or a topic',
    description: ['Topics besides commands: exit-codes; man, the manual page for man(1) or troff.'],
    arguments: [{ name: 'TOPIC...', text: 'a command, exit-codes or man', isOptional: true }],
    options: [],
    examples: [
      { line: 'varve help repair', text: 'what varve repair --help prints' },
      { line: 'varve help exit-codes', text: 'what each exit code means' },
    ],
    changesLog: false,
    run: async ({ out, err, arguments: words, help: helpOn }) => {
      const topic = words.join(' ')
      if (topic === 'exit-codes') {
        const rows = exitCodes.map(([code, means]) => [String(code).padStart(3), means] as const)
        if (out.isJson) out.document(exitCodes.map(([code, means]) => ({ code, means })))
        else out.lines(pairs(rows, out.style.bold, out.columns))
      } else if (topic === 'man') {
        out.print(manualPage([...others, help]))
      } else {
        const text = helpOn(words)
        if (text === undefined) throw new UsageError(`there is no help on '${topic}'`)
        out.print(text)
      }
      await err.flush()
      return exitCode.fine
    },
  })
  return help
}
