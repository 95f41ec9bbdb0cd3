import { completionScript, shells, type Shell } from '../completion.ts'
import { argument, defineCommand, UsageError, type Command } from '../command.ts'
import { exitCode } from '../exit-code.ts'

/** Completion of `others`. */
export function completionCommand(others: readonly Command[]): Command {
  const completion: Command = defineCommand({
    name: 'completion',
    summary: 'a script that teaches a shell to complete varve',
    description: ['Prints a script for the start-up file of a shell. It knows commands, options and directories.'],
    arguments: [{ name: 'SHELL', text: 'bash, zsh or fish', values: shells }],
    options: [],
    examples: [
      { line: 'source <(varve completion bash)', text: 'in ~/.bashrc' },
      { line: 'source <(varve completion zsh)', text: 'in ~/.zshrc, behind compinit' },
      { line: 'varve completion fish > ~/.config/fish/completions/varve.fish', text: 'once' },
    ],
    changesLog: false,
    run: async (context) => {
      const { out } = context
      const name = argument(context, 0)
      const shell = shells.find((each): each is Shell => each === name)
      if (shell === undefined) throw new UsageError(`'${name}' is none of ${shells.join(', ')}`)
      const script = completionScript(shell, [...others, completion])
      if (out.isJson) out.document({ shell, script })
      else out.print(script)
      return Promise.resolve(exitCode.fine)
    },
  })
  return completion
}
