import { VarveError } from '@varve/codec'
import type { MaybePromise, Procedure, ScheduledRuntime } from '@varve/storage'

/** Waits for a value if it is not there yet. Errors pass unchanged. */
export function* settled<T>(value: MaybePromise<T>): Procedure<T> {
  if (!isThenable(value)) return value
  return (yield { on: 'promise', promise: value }) as T
}

function isThenable<T>(value: MaybePromise<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** Runs a procedure that has nothing to wait for. */
export function runSynchronously<T>(procedure: Procedure<T>): T {
  const step = procedure.next()
  if (step.done === true) return step.value
  // Nobody will look at it any more; without a handler its failure would end the process.
  if (step.value.on === 'promise') step.value.promise.then(undefined, () => undefined)
  throw new VarveError('UNSUPPORTED', 'the system under test returned a promise: simulate it with `scheduled: true`')
}

/** Runs a procedure that waits for promises and nothing else. */
export async function runAwaiting<T>(procedure: Procedure<T>): Promise<T> {
  let step = procedure.next()
  while (step.done !== true) {
    const { value } = step
    if (value.on !== 'promise') throw new VarveError('UNSUPPORTED', 'only promises can be waited for here')
    try {
      step = procedure.next(await value.promise)
    } catch (error) {
      step = procedure.throw(error)
    }
  }
  return step.value
}

/** Turns of the promise queue between two steps: what a step settles is heard of before the next one. */
const turnsPerStep = 8
/** So many rounds without anything to do, and it is certain that nothing will ever come. */
const idleRoundsMax = 64

/** Thrown when a system waits for something that cannot happen any more. */
export class Standstill extends Error {
  override readonly name = 'Standstill'
}

/** Takes steps until the procedure is done or `isOver` says that nobody waits for it any more: then `undefined`. */
export async function runScheduled<T>(
  runtime: ScheduledRuntime,
  procedure: Procedure<T>,
  isOver: () => boolean,
): Promise<T | undefined> {
  const task = runtime.spawn(procedure)
  for (let idle = 0; !task.settled; ) {
    for (let turn = 0; turn < turnsPerStep; turn += 1) await Promise.resolve()
    if (isOver()) return undefined
    idle = runtime.step() ? 0 : idle + 1
    if (idle > idleRoundsMax) throw new Standstill('it waits for something that cannot happen any more')
  }
  return runSynchronously(task.join())
}
