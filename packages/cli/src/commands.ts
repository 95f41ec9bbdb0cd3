import type { Command } from './command.ts'
import { append } from './commands/append.ts'
import { cat } from './commands/cat.ts'
import { checkpointList } from './commands/checkpoint-list.ts'
import { checkpointVerify } from './commands/checkpoint-verify.ts'
import { completionCommand } from './commands/completion.ts'
import { copy } from './commands/copy.ts'
import { exportCommand } from './commands/export.ts'
import { get } from './commands/get.ts'
import { helpCommand } from './commands/help.ts'
import { hexdump } from './commands/hexdump.ts'
import { importCommand } from './commands/import.ts'
import { inspect } from './commands/inspect.ts'
import { promote } from './commands/promote.ts'
import { reclaim } from './commands/reclaim.ts'
import { repair } from './commands/repair.ts'
import { report } from './commands/report.ts'
import { stats } from './commands/stats.ts'
import { tail } from './commands/tail.ts'
import { verify } from './commands/verify.ts'

/** Words that only group commands, with what they are about. */
export const groups: Readonly<Record<string, string>> = {
  checkpoint: 'look at the checkpoints of a log',
}

const ofLogs: readonly Command[] = [
  inspect,
  verify,
  cat,
  tail,
  get,
  append,
  stats,
  hexdump,
  repair,
  checkpointList,
  checkpointVerify,
  reclaim,
  copy,
  promote,
  importCommand,
  exportCommand,
  report,
]
const help = helpCommand([...ofLogs, completionCommand([])])
const completion = completionCommand([...ofLogs, help])

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [...ofLogs, completion, help]
