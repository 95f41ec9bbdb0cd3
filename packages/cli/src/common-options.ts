import type { OptionDefinition } from './command.ts'

/** Options that every command has, as they stand in help, completion and manual. */
export const commonOptions: readonly OptionDefinition[] = [
  { flags: '--json', text: 'print JSON: one document, or one object a line where records are listed' },
  {
    flags: '--color <when>',
    text: 'colour: on a terminal by default, unless NO_COLOR or FORCE_COLOR is set',
    values: ['always', 'auto', 'never'],
  },
  { flags: '--debug', text: 'print the stack of an error' },
]

export const helpOption: OptionDefinition = { flags: '-h, --help', text: 'print this help' }
