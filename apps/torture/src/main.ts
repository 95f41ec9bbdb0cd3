// `pnpm torture`: see `pnpm torture --help`. Exit code 1 when a promise was broken, or less was proven than claimed.
import { parseArguments, usage, UsageError } from './arguments.ts'
import { run } from './run/command.ts'

const { stdout } = process
// A reader that has seen enough is no failure.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})
const interruption = new AbortController()
// Once: a second Ctrl-C ends the process at once.
process.once('SIGINT', () => { interruption.abort() })

try {
  const args = parseArguments(process.argv.slice(2))
  const screen = { isTerminal: stdout.isTTY, write: (text: string) => void stdout.write(text) }
  if (args === undefined) stdout.write(usage)
  else process.exitCode = (await run(args, screen, interruption.signal)) ? 0 : 1
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}
