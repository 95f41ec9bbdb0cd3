import type { System, World } from '@varve/dst'
import { openDatabase, type Database } from '@varve/kv'
import { DatabaseLedger } from './database-ledger.ts'
import { smallLog } from './log-variant.ts'
import { forgive, isHonest } from './promises.ts'

/** One thing that a caller of a database does. */
export type DatabaseStep =
  | { readonly do: 'transaction'; readonly puts: number; readonly bytes: number; readonly deletes?: true }
  | { readonly do: 'checkpoint' }
  /** Looks at everything, beside whatever else is going on. */
  | { readonly do: 'look' }
  /** Waits until everything before it has been answered. */
  | { readonly do: 'wait' }
  | { readonly do: 'reopen' }

/** A database and what is done to it. */
export interface DatabaseVariant {
  /** What a workload is made of; the first is the simplest. */
  readonly steps: readonly DatabaseStep[]
  /** Steps that are done, durable, before the first process that may die does anything. */
  readonly before?: readonly DatabaseStep[]
  /** Whether the blocks of the device are to be kept apart. */
  readonly isAligned?: boolean
  readonly checkpointBytes?: number
}

/** The database of this process, and what it was told and has not answered yet. */
interface Opened {
  database: Database
  calls: Promise<void>[]
}

/** The key-value database, with calls that overlap, on storage that loses whatever it may. */
export function databaseSystem(variant: DatabaseVariant): System<Opened, DatabaseLedger> {
  const { steps, before = [], isAligned = false, checkpointBytes = 600 } = variant
  const commitAlignment = isAligned ? 'block' : 'frame'
  const open = async ({ storage, runtime }: World): Promise<Database> =>
    await openDatabase({ ...smallLog, commitAlignment, checkpointBytes, storage, runtime })
  return {
    ledger: () => new DatabaseLedger(),
    open: async (world) => ({ database: await open(world), calls: [] }),
    check({ database }, world, ledger) {
      ledger.recovered(database)
      world.note(`-- recovered ${database.stats().transactions} transactions, as promised`)
    },
    async workload(opened, world, ledger) {
      const act = async (step: DatabaseStep): Promise<void> => {
        world.note(`-- ${step.do}`)
        if (step.do === 'wait' || step.do === 'reopen') await settled(opened, ledger)
        if (step.do !== 'reopen') perform(opened, step, ledger)
        else {
          await opened.database.close()
          opened.database = await open(world)
          ledger.recovered(opened.database)
        }
      }
      if (world.life === 1) for (const step of before) await act(step)
      for (let left = world.stepsMax; left > 0; left -= 1) {
        const step = steps[world.choose(steps.length + 1) - 1]
        if (step === undefined) break
        await act(step)
      }
      // Most processes are killed; some say goodbye.
      const says = world.stepsMax > 0 && world.choose(2) === 1
      await settled(opened, ledger)
      if (!says) return
      await opened.database.close()
      world.shutDown()
    },
    async abandon({ database, calls }) {
      await Promise.allSettled([database.close(), ...calls])
    },
    decayed: forgive,
    tolerates: isHonest,
  }
}

/** Waits for all calls and looks at what they left; throws the first failure when all have ended. */
async function settled(opened: Opened, ledger: DatabaseLedger): Promise<void> {
  const ended = await Promise.allSettled(opened.calls)
  opened.calls = []
  for (const end of ended) if (end.status === 'rejected') throw end.reason
  ledger.look(opened.database)
}

function perform(opened: Opened, step: DatabaseStep, ledger: DatabaseLedger): void {
  const { database, calls } = opened
  if (step.do === 'look') ledger.look(database)
  if (step.do === 'checkpoint') calls.push(heard(database.checkpoint()))
  if (step.do !== 'transaction') return
  const changes = ledger.attempt(step.puts, step.bytes, step.deletes === true)
  const number = ledger.attempted
  calls.push(heard(database.batch(changes).then(() => { ledger.acknowledge(number) })))
}

/** Whoever waits for it hears of its failure; nobody may wait any more when the process dies. */
function heard(call: Promise<void>): Promise<void> {
  call.catch(() => undefined)
  return call
}
