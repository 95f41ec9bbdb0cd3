// `npm run demo [-- FILE]`: kills a writer over and over, then proves that nothing acknowledged was lost.
import { parseArguments, usage, UsageError } from './arguments.ts'
import { runDemo } from './demo.ts'

const { stdout } = process
const interruption = new AbortController()
// Once: a second Ctrl-C ends the process at once.
process.once('SIGINT', () => { interruption.abort() })

try {
  const args = parseArguments(process.argv.slice(2))
  const screen = { isTerminal: stdout.isTTY, write: (text: string) => void stdout.write(text) }
  if (args === undefined) stdout.write(usage)
  else process.exitCode = await runDemo(args, screen, interruption.signal)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}
