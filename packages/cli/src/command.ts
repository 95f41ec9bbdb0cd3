import type { ExitCode } from './exit-code.ts'
import type { Output } from './output/output.ts'
import type { System } from './system.ts'

/** A positional argument, as in `DIR`. */
export interface ArgumentDefinition {
  readonly name: string
  readonly text: string
  readonly isOptional?: boolean
  /** The values there are, where they are few. */
  readonly values?: readonly string[]
}

export interface OptionDefinition {
  /** As commander takes them: `-n, --count <n>`. */
  readonly flags: string
  readonly text: string
  /** The values there are, where they are few. */
  readonly values?: readonly string[]
  /** Makes the value of the text. What it throws as a `UsageError` is told to the user. */
  readonly parse?: (text: string) => unknown
  readonly default?: string | number
}

export interface Example {
  readonly line: string
  readonly text: string
}

/** What a command is given. */
export interface Context<Options = unknown> {
  readonly system: System
  /** What was asked for. */
  readonly out: Output
  /** Progress, warnings and errors. */
  readonly err: Output
  readonly arguments: readonly string[]
  readonly options: Options
  /** The help on the command of these words; undefined where there is none. */
  readonly help: (words: readonly string[]) => string | undefined
}

/** One command: what parser, help, completion and the manual are made of, and what it does. */
export interface Command {
  /** `inspect`, or `checkpoint list`. */
  readonly name: string
  /** One line. */
  readonly summary: string
  /** Paragraphs, each one string. */
  readonly description: readonly string[]
  readonly arguments: readonly ArgumentDefinition[]
  readonly options: readonly OptionDefinition[]
  readonly examples: readonly Example[]
  /** Whether it changes the log: then a reader that goes away is an error. */
  readonly changesLog: boolean
  readonly run: (context: Context) => Promise<ExitCode>
}

/** States a command whose options, as defined, have the type `Options`. */
export function defineCommand<Options>(
  command: Omit<Command, 'run'> & { readonly run: (context: Context<Options>) => Promise<ExitCode> },
): Command {
  return { ...command, run: (context) => command.run(context as Context<Options>) }
}

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The argument at `at`, which the parser has made sure of. */
export function argument(context: Pick<Context, 'arguments'>, at: number): string {
  return context.arguments[at]!
}
