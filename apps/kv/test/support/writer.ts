// A process that goes on with the history of transactions until it is killed, and says on standard output which of
// them were acknowledged.
import { writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { openDatabase } from '../../src/database.ts'
import { countOf, historyOptions, perform, whatIsWrong } from './history.ts'

/** Transactions that wait for their acknowledgement at any time. */
const window = 8

const database = await openDatabase({ directory: process.argv[2] ?? '', ...historyOptions })
const wrong = whatIsWrong(database)
let next = countOf(database) + 1
writeSync(1, wrong === undefined ? `opened ${next - 1}\n` : `wrong: ${wrong}\n`)
// A process that is killed would not save what it compiled, and the next one would start as slowly.
flushCompileCache()

async function goOn(): Promise<never> {
  for (;;) {
    const number = next
    next += 1
    await database.transaction((transaction) => { perform(transaction, number) })
    writeSync(1, `acknowledged ${number}\n`)
  }
}

await Promise.all(Array.from({ length: window }, goOn))
