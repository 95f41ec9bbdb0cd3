import { nodeStorage } from 'varve'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../src/database.ts'
import { countOf, historyOptions, whatIsWrong } from './support/history.ts'
import { killWriter } from './support/killed-writer.ts'
import { filesOf } from './support/storage.ts'
import { temporaryDirectory } from './support/temporary.ts'

/** Opens the database and holds it against its history. Returns how many transactions it holds. */
async function look(directory: string): Promise<number> {
  const database = await openDatabase({ directory, ...historyOptions, verify: 'all' })
  expect(whatIsWrong(database)).toBeUndefined()
  const count = countOf(database)
  await database.close()
  return count
}

describe('kill -9', () => {
  it('takes no transaction that was acknowledged, and leaves none half made, over and over', async () => {
    const directory = temporaryDirectory()
    let acknowledged = 0
    for (let kill = 1; kill <= 12; kill += 1) {
      const killed = await killWriter(directory, 'opened', Math.random() * 120)
      // What a writer found, it had checked.
      expect(killed.opened).toBeGreaterThanOrEqual(acknowledged)
      acknowledged = Math.max(acknowledged, killed.acknowledged)
      if (kill % 3 === 0) expect(await look(directory)).toBeGreaterThanOrEqual(acknowledged)
    }
    expect(acknowledged).toBeGreaterThan(0)
    const storage = nodeStorage(directory)
    expect((await filesOf(storage, '.checkpoint')).length).toBeGreaterThan(0)
    await storage.close()
  })

  it('in the middle of recovery takes nothing either', async () => {
    const directory = temporaryDirectory()
    const { acknowledged } = await killWriter(directory, 'opened', 150)
    let through = acknowledged
    for (let kill = 1; kill <= 8; kill += 1) {
      const killed = await killWriter(directory, 'start', Math.random() * 250)
      through = Math.max(through, killed.acknowledged)
    }
    expect(await look(directory)).toBeGreaterThanOrEqual(through)
  })
})
