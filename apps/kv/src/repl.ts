import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { Database } from './database.ts'
import { Transaction } from './transaction.ts'

/** `draft` is what was begun and not committed yet. */
interface Session { readonly database: Database; draft?: Transaction }

const target = ({ draft, database }: Session): Transaction | Database => draft ?? database
const rows = (items: Iterable<readonly unknown[]>): string => Array.from(items, (item) => item.join(' ')).join('\n')

/** How each is used, what it does, and what does it. What that returns is shown. */
const commands: Readonly<Record<string, readonly [does: string, run: (on: Session, ...words: string[]) => unknown]>> = {
  'put KEY VALUE': ['sets a value: the rest of the line', (on, key = '', value = '') => target(on).put(key, value)],
  'get KEY': ['shows its value', (on, key = '') => target(on).get(key) ?? '(none)'],
  'del KEY': ['removes it', (on, key = '') => target(on).delete(key)],
  'scan [FROM [TO]]': ['shows entries with keys below TO', (on, from, to) => rows(target(on).scan({ from, to }))],
  begin: ['begins a transaction', (on) => void (on.draft ??= new Transaction(on.database.snapshot()))],
  commit: ['makes its changes at once', (on) => on.database.batch(on.draft?.changes ?? []).then(() => delete on.draft)],
  rollback: ['forgets them', (on) => delete on.draft],
  checkpoint: ['saves all entries, so that the log before can go', ({ database }) => database.checkpoint()],
  stats: ['counts', ({ database }) => rows(Object.entries(database.stats()))],
  help: ['shows this', () => rows(Object.entries(commands).map(([usage, [does]]) => [usage.padEnd(17), does]))],
  exit: ['ends, as Ctrl-D does', () => undefined],
}

/** Carries out a command and its words. @throws Error saying what is wrong with them. */
async function carryOut(session: Session, [name = '', ...words]: readonly string[]): Promise<unknown> {
  const [usage, command] = Object.entries(commands).find(([each]) => each.split(' ')[0] === name) ?? []
  if (usage === undefined || command === undefined) throw new Error(`there is no '${name}'; try help`)
  const given = usage.split(' ').slice(1)
  const isFit = words.length <= given.length && given.slice(words.length).every((word) => word.startsWith('['))
  if (!isFit) throw new Error(`say it like this: ${usage}`)
  return await command[1](session, ...words)
}

/** Carries out commands until there are no more. False: not all of it was done, and nobody was there to see it. */
export async function runRepl(database: Database, input: Readable, output: Writable, isTty: boolean): Promise<boolean> {
  const session: Session = { database }
  const lines = createInterface({ input, prompt: 'kv> ', ...(isTty && { output }) })
  let isDone = true
  let isOpen = true as boolean
  lines.once('close', () => { isOpen = false }).prompt()
  for await (const line of lines) {
    const parts = (/^(\S*)\s*(\S*)\s*(.*)$/.exec(line.trim()) ?? []).slice(1).filter((part) => part !== '')
    if (parts[0] === 'exit') break
    try {
      const shown = parts.length === 0 ? '' : await carryOut(session, parts)
      if (typeof shown === 'string' && shown !== '') output.write(`${shown}\n`)
    } catch (error) {
      isDone = false
      output.write(`${error instanceof Error ? error.message : String(error)}\n`)
    }
    lines.setPrompt(session.draft === undefined ? 'kv> ' : 'kv*> ')
    if (isOpen) lines.prompt()
  }
  lines.close()
  if (session.draft !== undefined) output.write('the transaction was not committed and is forgotten\n')
  return isTty || (isDone && session.draft === undefined)
}
