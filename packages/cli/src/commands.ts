import type { Command } from './command.ts'
import { append } from './commands/append.ts'
import { cat } from './commands/cat.ts'
import { get } from './commands/get.ts'
import { inspect } from './commands/inspect.ts'
import { tail } from './commands/tail.ts'
import { verify } from './commands/verify.ts'

/** Words that only group commands. */
export const groups: readonly { readonly name: string; readonly summary: string }[] = [
  { name: 'checkpoint', summary: 'look at the checkpoints of a log' },
]

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [inspect, verify, cat, tail, get, append]
