import type { Command } from './command.ts'
import { copy } from './commands/copy.ts'
import { exportCommand } from './commands/export.ts'
import { importCommand } from './commands/import.ts'
import { inspect } from './commands/inspect.ts'
import { promote } from './commands/promote.ts'
import { report } from './commands/report.ts'

/** Words that only group commands. */
export const groups: readonly { readonly name: string; readonly summary: string }[] = [
  { name: 'checkpoint', summary: 'look at the checkpoints of a log' },
]

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [inspect, importCommand, exportCommand, copy, promote, report]
