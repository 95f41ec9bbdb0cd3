import type { ArgumentDefinition, OptionDefinition } from './command.ts'
import { recordFormats } from './format-record.ts'
import { parseSequence, parseType } from './parse-values.ts'

/** The directory of a log. */
export const directoryArgument: ArgumentDefinition = { name: 'DIR', text: 'directory of the log' }

export const formatOption: OptionDefinition = {
  flags: '--format <format>',
  text:
    'text: payloads as UTF-8, a line each; json: an object a line; hex: dumps; raw: payloads and nothing between ' +
    'them; length-prefixed: a big-endian u32 before each payload',
  values: recordFormats,
  default: 'text',
}

export const fromOption: OptionDefinition = {
  flags: '--from <sequence>',
  text: 'first record; the first one there is by default',
  parse: parseSequence,
}

export const toOption: OptionDefinition = {
  flags: '--to <sequence>',
  text: 'last record, itself included; the last one there is by default',
  parse: parseSequence,
}

export const typeOption: OptionDefinition = {
  flags: '--type <type>',
  text: 'only records of this type',
  parse: parseType,
}
