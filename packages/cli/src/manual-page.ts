import { commonOptions, helpOption } from './common-options.ts'
import type { ArgumentDefinition, Command, OptionDefinition } from './command.ts'
import { exitCodes } from './exit-code.ts'
import { wrap } from './output/table.ts'

const columns = 100

/** The manual page, varve(1), as troff reads it. */
export function manualPage(commands: readonly Command[]): string {
  return [
    '.TH VARVE 1',
    '.SH NAME',
    'varve \\- looks at a write\\-ahead log, verifies it, follows it, repairs it only when told to',
    '.SH SYNOPSIS',
    '.B varve',
    '.I COMMAND',
    '[options]',
    '.SH DESCRIPTION',
    ...filled('Commands that only look take no lock, change nothing, and run beside a living writer.'),
    '.SH COMMANDS',
    ...commands.flatMap(commandLines),
    '.SH OPTIONS OF ALL COMMANDS',
    ...[...commonOptions, helpOption].flatMap(optionLines),
    '.SH ENVIRONMENT',
    '.TP',
    '.B NO_COLOR, FORCE_COLOR',
    ...filled('no colour, or colour also where there is no terminal; --color wins'),
    '.SH EXIT STATUS',
    ...exitCodes.flatMap(([code, means]) => ['.TP', `.B ${code}`, ...filled(means)]),
    '',
  ].join('\n')
}

function commandLines(command: Command): string[] {
  const { name, summary, description, arguments: given, options, examples } = command
  return [
    '.SS',
    `.B varve ${plain(name)}${given.map(argumentText).join('')}`,
    plain(`${summary}.`),
    ...description.flatMap((text) => ['.PP', ...filled(text)]),
    ...options.flatMap(optionLines),
    ...examples.flatMap(({ line, text }) => ['.PP', ...filled(`${text}:`), '.RS', '.nf', plain(line), '.fi', '.RE']),
  ]
}

function argumentText({ name, isOptional = false }: ArgumentDefinition): string {
  return isOptional ? ` [${name}]` : ` ${name}`
}

function optionLines({ flags, text, values, default: value }: OptionDefinition): string[] {
  const notes = [
    ...(values === undefined ? [] : [`one of ${values.join(', ')}`]),
    ...(value === undefined ? [] : [`default ${String(value)}`]),
  ]
  return ['.TP', `.B ${plain(flags)}`, ...filled(notes.length === 0 ? text : `${text} (${notes.join('; ')})`)]
}

/** Text in lines of source, which troff fills again. */
function filled(text: string): string[] {
  return wrap(text, columns).map(plain)
}

/** Text in which troff finds nothing to obey: no escapes, no leading dots or quotes; a hyphen stays one. */
function plain(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^(?=[.'])/, '\\&')
}
