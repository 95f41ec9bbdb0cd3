import {
  scheduledRuntime,
  synchronousRuntime,
  type MaybePromise,
  type Procedure,
  type Runtime,
  type ScheduledRuntime,
} from '@varve/storage'
import { seededRandom } from '../random.ts'

/** Chance for process number `life`, the same in every run. */
function chance(life: number): (target: Uint8Array<ArrayBuffer>) => void {
  const random = seededRandom(life * 7919 + 1)
  return (target) => { random.fill(target) }
}

/** A synchronous driver with a clock that stands still and chance that can be repeated. */
export function repeatableRuntime(life: number): Runtime {
  return synchronousRuntime({ performance: { now: () => 0 }, crypto: { getRandomValues: chance(life) } })
}

/** A scheduled driver whose every choice comes from `choose`. */
export function chosenRuntime(life: number, choose: (ways: number) => number): ScheduledRuntime {
  return scheduledRuntime({ choose, random: chance(life) })
}

/**
 * The scheduled driver as programs with promises use it: `run` does not take steps itself but gives a promise, so that
 * any number of calls are under way at once and each step of each is a choice.
 */
export function promising(runtime: ScheduledRuntime): Runtime {
  return {
    ...runtime,
    run<T>(procedure: Procedure<T>): MaybePromise<T> {
      return new Promise<T>((resolve, reject) => {
        runtime.spawn(reported(procedure, resolve, reject))
      })
    },
  }
}

function* reported<T>(
  procedure: Procedure<T>,
  resolve: (value: T) => void,
  reject: (reason: unknown) => void,
): Procedure<void> {
  try {
    resolve(yield* procedure)
  } catch (error) {
    reject(error)
  }
}
