import { CommanderError } from 'commander'
import { isVarveError } from 'varve'
import { UsageError, type Command } from './command.ts'
import { exitCode, type ExitCode } from './exit-code.ts'
import { Output } from './output/output.ts'
import { styleFor, type ColorChoice } from './output/style.ts'
import { helpOn, parserFor, type CommonOptions } from './parser.ts'
import { presentError } from './present-error.ts'
import type { System } from './system.ts'

/**
 * Runs one command line to its end. Never rejects: what goes wrong is printed, and told by the exit code.
 *
 * @example
 * process.exitCode = await run(['verify', './data'], nodeSystem(process))
 */
export async function run(line: readonly string[], system: System): Promise<ExitCode> {
  const common = commonOf(line)
  const { out, err } = outputs(system, common)
  const ended: Ended = { chosen: undefined, code: exitCode.fine }
  const help = (words: readonly string[]): string | undefined => helpOn(parser, words)
  const parser = parserFor(out, async (command, arguments_, options) => {
    ended.chosen = command
    ended.code = await command.run({ system, out, err, arguments: arguments_, options, help })
  })
  try {
    try {
      if (line.length === 0) {
        out.print(String(help([])))
        ended.code = exitCode.usage
      } else await parser.parseAsync([...line], { from: 'user' })
      await out.flush()
    } catch (error) {
      ended.code = failed(error, common, { out, err, chosen: ended.chosen, system })
    }
    await err.flush()
    await out.flush()
    return ended.code
  } catch (error) {
    if (!isBrokenPipe(error)) return exitCode.io
    // Nobody reads on, as behind `| head`.
    return ended.code === exitCode.fine && ended.chosen?.changesLog === true ? exitCode.io : ended.code
  }
}

/** What is known of a command line so far. */
interface Ended {
  chosen: Command | undefined
  code: ExitCode
}

interface Running {
  readonly out: Output
  readonly err: Output
  readonly chosen: Command | undefined
  readonly system: System
}

/** @throws a broken pipe */
function failed(error: unknown, { debug }: CommonOptions, { out, err, chosen, system }: Running): ExitCode {
  if (isBrokenPipe(error)) throw error
  // Help and version are no errors; what else the parser throws is the user's.
  if (error instanceof CommanderError && error.exitCode === 0) return exitCode.fine
  const ours = error instanceof CommanderError ? usageErrorOf(error) : error
  if (isVarveError(ours, 'ABORTED') && system.interrupt.aborted) return exitCode.interrupted
  const code = presentError(ours, debug, out, err)
  if (ours instanceof UsageError) err.line(`  see varve${chosen === undefined ? '' : ` ${chosen.name}`} --help`)
  return code
}

function usageErrorOf({ message }: CommanderError): UsageError {
  return new UsageError(message.replace(/^error: /, '').replaceAll('\n', ' '))
}

function isBrokenPipe(error: unknown): boolean {
  return ['EPIPE', 'ERR_STREAM_DESTROYED'].includes(String((error as { readonly code?: unknown } | null)?.code))
}

/** Looked at before the parser, whose own errors have to be printed as well. */
function commonOf(line: readonly string[]): CommonOptions {
  const end = line.indexOf('--')
  const options = end === -1 ? line : line.slice(0, end)
  const at = options.findIndex((text) => text === '--color' || text.startsWith('--color='))
  const asked = at === -1 ? undefined : (options[at]?.split('=')[1] ?? options[at + 1])
  const color: ColorChoice = asked === 'always' || asked === 'never' ? asked : 'auto'
  return { json: options.includes('--json'), debug: options.includes('--debug'), color }
}

function outputs(system: System, { json, color }: CommonOptions): Pick<Running, 'out' | 'err'> {
  const make = (sink: System['stdout']): Output => new Output(sink, styleFor(sink, system.env, color), json)
  return { out: make(system.stdout), err: make(system.stderr) }
}
