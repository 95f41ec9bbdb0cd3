import type { ArgumentDefinition } from './command.ts'

/** The directory of a log. */
export const directoryArgument: ArgumentDefinition = { name: 'DIR', text: 'directory of the log' }
