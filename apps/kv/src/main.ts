// `pnpm kv [DIR]`: a database on the command line, in DIR or in memory.
import { memoryStorage } from 'varve'
import { openDatabase } from './database.ts'
import { runRepl } from './repl.ts'

const { stdin, stdout, stderr, argv } = process
const [directory] = argv.slice(2)
try {
  if (directory?.startsWith('-') === true) throw new Error('usage: pnpm kv [DIR]; without DIR it is kept in memory')
  const database = await openDatabase(directory ?? { storage: memoryStorage() })
  const isDone = await runRepl(database, stdin, stdout, stdin.isTTY && stdout.isTTY)
  await database.close()
  process.exitCode = isDone ? 0 : 1
} catch (error) {
  stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
