import { closeSync, openSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { isVarveError } from '@varve/codec'
import type { StorageLock } from '@varve/storage'
import { nodeStorage } from '../../src/index.ts'

// A process that locks and releases on command: one word a line on standard input, one line of JSON for each.

const [directory = '', mode = 'asynchronous'] = process.argv.slice(2)
const storage = nodeStorage(directory, { synchronous: mode === 'synchronous' })
let held: StorageLock | undefined

async function lock(): Promise<object> {
  try {
    held = await storage.lock()
    return { generation: held.generation, holder: held.holder }
  } catch (error) {
    if (isVarveError(error)) return { code: error.code, holder: error.context.holder, message: error.message }
    return { code: 'unexpected', message: String(error) }
  }
}

/** Takes and releases the lock as often as it can, and checks each time that it is alone. */
async function contend(): Promise<object> {
  const sentinel = join(directory, 'sentinel')
  const generations: number[] = []
  const failures: string[] = []
  for (const end = Date.now() + 1500; Date.now() < end; ) {
    const answer = await lock()
    if ('code' in answer) {
      if (answer.code !== 'LOCKED') failures.push(JSON.stringify(answer))
      continue
    }
    try {
      closeSync(openSync(sentinel, 'wx'))
      unlinkSync(sentinel)
    } catch (error) {
      failures.push(`not alone: ${String(error)}`)
    }
    generations.push(held?.generation ?? 0)
    await held?.release()
  }
  return { generations, failures }
}

const commands: Readonly<Record<string, () => Promise<object>>> = {
  lock,
  contend,
  release: async () => {
    await held?.release()
    return {}
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await commands[line]?.()
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
