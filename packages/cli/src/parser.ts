import { Command as Parser, InvalidArgumentError, Option } from 'commander'
import { commonOptions } from './common-options.ts'
import type { Command, OptionDefinition, UsageError } from './command.ts'
import { commands, groups } from './commands.ts'
import type { Output } from './output/output.ts'
import { wrap } from './output/table.ts'
import type { ColorChoice } from './output/style.ts'
import { version } from './version.ts'

/** Options that every command has. */
export interface CommonOptions {
  readonly json: boolean
  readonly debug: boolean
  readonly color: ColorChoice
}

type Perform = (command: Command, arguments_: readonly string[], options: unknown) => Promise<void>

/** A parser of all commands. What it has to say goes to `out`; it throws `CommanderError` and never exits. */
export function parserFor(out: Output, perform: Perform): Parser {
  const program = configured(new Parser('varve'), out)
    .description('Looks at a varve log, verifies it, follows it, and repairs it only when told to.')
    .version(version, '-V, --version', 'print the version')
    .usage('COMMAND [options]')
    .addHelpText('after', '\nvarve help exit-codes lists the exit codes; varve COMMAND --help has examples.')
    .helpCommand(false)
  const parents = new Map<string, Parser>()
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ')
    if (second === undefined) {
      program.addCommand(parserOf(command, first, out, perform))
      continue
    }
    let parent = parents.get(first)
    if (parent === undefined) {
      parent = configured(new Parser(first), out).description(String(groups[first])).helpCommand(false)
      parents.set(first, parent)
      program.addCommand(parent)
    }
    parent.addCommand(parserOf(command, second, out, perform))
  }
  return program
}

/** The help on a command, a group, or, without words, all; undefined where there is no such command. */
export function helpOn(program: Parser, words: readonly string[]): string | undefined {
  let parser: Parser | undefined = program
  for (const word of words) parser = parser?.commands.find((each) => each.name() === word)
  if (parser === undefined) return undefined
  let text = ''
  parser.configureOutput({ writeOut: (part) => { text += part } }).outputHelp()
  return text
}

function configured(parser: Parser, out: Output): Parser {
  return parser
    .exitOverride()
    .configureOutput({
      writeOut: (text) => { out.print(text) },
      // Said where all other errors are.
      writeErr: () => undefined,
      getOutHelpWidth: () => out.columns,
    })
    .helpOption('-h, --help', 'print this help')
    .showSuggestionAfterError(true)
}

function parserOf(command: Command, name: string, out: Output, perform: Perform): Parser {
  const parser = configured(new Parser(name), out).summary(command.summary)
  const paragraphs = command.description.map((text) => wrap(text, out.columns).join('\n'))
  parser.description([command.summary, ...paragraphs].join('\n\n'))
  for (const { name: argument, text, isOptional = false } of command.arguments) {
    parser.argument(isOptional ? `[${argument}]` : `<${argument}>`, text)
  }
  for (const definition of [...command.options, ...commonOptions]) parser.addOption(optionOf(definition))
  parser.addHelpText('after', () => examplesOf(command))
  parser.action(async (...given: unknown[]) => {
    const texts = given.slice(0, command.arguments.length).flat().filter((text) => typeof text === 'string')
    await perform(command, texts, parser.opts())
  })
  return parser
}

function optionOf({ flags, text, values, parse, default: value }: OptionDefinition): Option {
  const option = new Option(flags, text)
  if (values !== undefined) option.choices(values)
  if (parse !== undefined) option.argParser((given) => parsed(parse, given))
  return value === undefined ? option : option.default(value)
}

/** Throws nothing but a `UsageError`; the parser adds which option it was to an error of its own kind. */
function parsed(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    throw new InvalidArgumentError((error as UsageError).message)
  }
}

function examplesOf({ examples }: Command): string {
  const lines = examples.flatMap(({ line, text }) => [`  $ ${line}`, `      ${text}`])
  return ['', 'Examples:', ...lines].join('\n')
}
