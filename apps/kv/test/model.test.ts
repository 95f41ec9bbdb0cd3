import fc from 'fast-check'
import { memoryStorage } from 'varve'
import { describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '../src/database.ts'
import { crashed, small, type Memory } from './support/storage.ts'

/** The database under test and the plainest thing that says what it must hold. */
interface Real {
  storage: Memory
  database: Database
}
type Model = Map<string, string>
type Command = fc.AsyncCommand<Model, Real>

/** Few bytes between two checkpoints, so that some are written by themselves. */
const open = (storage: Memory): Promise<Database> => openDatabase({ storage, ...small, checkpointBytes: 700 })

function compare(model: Model, { database }: Real): void {
  const expected = [...model].sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
  expect([...database.scan()]).toEqual(expected)
  expect([...database.scan({ reverse: true })]).toEqual(expected.reverse())
}

function command(text: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return {
    check: () => true,
    toString: () => text,
    run: async (model, real) => {
      await run(model, real)
      compare(model, real)
    },
  }
}

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', '\uffff', '\u{10000}')
const value = fc.string({ maxLength: 200 })
const change = fc.oneof(fc.tuple(key, value), fc.tuple(key))

function apply(model: Model, [name, text]: readonly [string, string?]): void {
  if (text === undefined) model.delete(name)
  else model.set(name, text)
}

const commands = [
  fc.tuple(key, value).map(([name, text]) =>
    command(`put ${name}`, async (model, { database }) => {
      await database.put(name, text)
      model.set(name, text)
    }),
  ),
  key.map((name) =>
    command(`delete ${name}`, async (model, { database }) => {
      await database.delete(name)
      model.delete(name)
    }),
  ),
  fc.array(change, { maxLength: 6 }).map((changes) =>
    command(`transaction of ${changes.length}`, async (model, { database }) => {
      await database.transaction((transaction) => {
        for (const each of changes) {
          transaction.change(each)
          expect(transaction.get(each[0])).toBe(each[1])
        }
      })
      for (const each of changes) apply(model, each)
    }),
  ),
  fc.array(change, { minLength: 1, maxLength: 6 }).map((changes) =>
    command(`${changes.length} at once`, async (model, { database }) => {
      await Promise.all(changes.map((each) => database.batch([each])))
      for (const each of changes) apply(model, each)
    }),
  ),
  fc.constant(command('checkpoint', async (_model, { database }) => { await database.checkpoint() })),
  fc.constant(
    command('close and open', async (_model, real) => {
      await real.database.close()
      real.database = await open(real.storage)
    }),
  ),
  fc.constant(
    command('die and open', async (_model, real) => {
      real.storage = crashed(real.storage)
      real.database = await open(real.storage)
    }),
  ),
]

describe('a database', () => {
  it('holds what a map holds, whatever is done to it and however often it dies', async () => {
    const property = fc.asyncProperty(fc.commands(commands, { maxCommands: 60 }), async (these) => {
      const storage = memoryStorage()
      const setup = async (): Promise<{ model: Model; real: Real }> => {
        return { model: new Map(), real: { storage, database: await open(storage) } }
      }
      await fc.asyncModelRun(setup, these)
    })
    await fc.assert(property, { numRuns: 60 })
  })
})
