import { describe, expect, it } from 'vitest'
import { openLog, type Durability, type Log } from '../src/node.ts'
import { whatIsWrong } from './support/history.ts'
import { killWriter, type Face } from './support/killed-writer.ts'
import { temporaryDirectory } from './support/temporary.ts'

/** Each mode of the durability table, with the calls that acknowledge in it. */
const table: readonly (readonly [Durability, Face])[] = [
  ['sync', 'append'],
  ['sync', 'appendSync'],
  ['group', 'append'],
  ['group', 'sync'],
  ['async', 'append'],
  ['async', 'appendSync'],
  ['async', 'flush'],
]

const killsEach = 4

interface Openings {
  /** How the next one opens the log. */
  readonly readOnly: boolean
}

/** Opens, looks, closes: for reading leaves everything to the next writer, for writing makes it a clean shutdown. */
async function look(directory: string, acknowledged: number, { readOnly }: Openings): Promise<Log['recovery']> {
  const log = await openLog(directory, { readOnly, verify: 'all', visibility: 'written', segmentBytes: 65_536 })
  expect(await whatIsWrong(log, acknowledged)).toBeUndefined()
  expect(log.recovery.damage).toEqual([])
  await log.close()
  return log.recovery
}

describe('kill -9 loses nothing that was acknowledged', () => {
  it.each(table)('in %s mode, by %s', async (durability, face) => {
    const directory = temporaryDirectory()
    let acknowledged = 0
    for (let kill = 1; kill <= killsEach; kill += 1) {
      // The first one has something to lose, however slow a start is.
      const since = kill === 1 || Math.random() < 0.5 ? 'acknowledged' : 'opened'
      const killed = await killWriter({ directory, durability, face }, since, Math.random() * 120)
      expect(killed.opened?.lastSequence).toBeGreaterThanOrEqual(acknowledged)
      acknowledged = Math.max(acknowledged, killed.acknowledged)
      const recovery = await look(directory, acknowledged, { readOnly: kill % 2 === 0 })
      // A writer that had appended nothing yet leaves the clean end that it found.
      if (killed.acknowledged > 0) expect(recovery.cleanShutdown).toBe(false)
    }
    expect(acknowledged).toBeGreaterThan(0)
  })

  it('however often recovery is killed', async () => {
    const directory = temporaryDirectory()
    const orders = { directory, durability: 'async', face: 'append' } as const
    const { acknowledged } = await killWriter(orders, 'acknowledged', 100)
    let through = acknowledged
    for (let kill = 1; kill <= 10; kill += 1) {
      const killed = await killWriter(orders, 'start', Math.random() * 250)
      through = Math.max(through, killed.acknowledged)
    }
    await look(directory, through, { readOnly: true })
    await look(directory, through, { readOnly: false })
    expect((await look(directory, through, { readOnly: false })).cleanShutdown).toBe(true)
  })
})
