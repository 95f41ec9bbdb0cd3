import type { LogLedger, System } from '@varve/dst'
import type { Log } from '@varve/segments'
import type { Procedure, Runtime } from '@varve/storage'

interface Opened {
  readonly log: Log
}

/**
 * The same system, whose calls do not all arrive before the first of them takes a step: when each arrives is a choice
 * of the tape, too. They arrive in order, as a caller makes them.
 */
export function arriving<T extends Opened>(system: System<T, LogLedger>): System<T, LogLedger> {
  return {
    ...system,
    open: async (world, ledger) => {
      const opened = await system.open(world, ledger)
      return { ...opened, log: delayed(opened.log, world.runtime) }
    },
  }
}

const calls: ReadonlySet<string | symbol> = new Set([
  'append',
  'appendBatch',
  'sync',
  'flush',
  'archive',
  'reclaim',
  'recordCheckpoints',
  'close',
])

function delayed(log: Log, runtime: Runtime): Log {
  let before: Promise<unknown> = Promise.resolve()
  return new Proxy(log, {
    get(target, name): unknown {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      if (!calls.has(name)) return member.bind(target) as unknown
      return (...values: unknown[]): unknown => {
        const arrived = before.then(() => runtime.run(pass(runtime)))
        before = arrived
        return arrived.then(() => Reflect.apply(member, target, values) as unknown)
      }
    },
  })
}

function* pass(runtime: Runtime): Procedure<void> {
  yield* runtime.turn()
}
