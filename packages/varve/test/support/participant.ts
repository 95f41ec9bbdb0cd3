// A process that opens, appends to and closes a log on command: one word a line on standard input, one line of JSON
// for each.
import { createInterface } from 'node:readline'
import { isVarveError, openLog, type Log } from '../../src/node.ts'
import type { Answer, Command } from './process.ts'

const directory = process.argv[2] ?? ''
let log: Log | undefined

const commands: Readonly<Record<Command, () => Promise<Answer>>> = {
  async open() {
    log = await openLog(directory)
    return { lastSequence: log.lastSequence }
  },
  async append() {
    return { lastSequence: await log?.append(new Uint8Array(100)) }
  },
  async close() {
    await log?.close()
    return {}
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer: Answer
  try {
    answer = await commands[line as Command]()
  } catch (error) {
    answer = isVarveError(error) ? { code: error.code, message: error.message } : { message: String(error) }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
