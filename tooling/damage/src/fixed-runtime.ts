import { asynchronousRuntime, synchronousRuntime, type Runtime } from '@varve/storage'

/** A synchronous runtime whose clock stands still and whose chance repeats: the same log, byte for byte. */
export function fixedRuntime(seed = 1): Runtime {
  return { ...synchronousRuntime(), now: () => 0, random: chance(seed) }
}

/** As {@link fixedRuntime}, for what waits. */
export function fixedAsynchronousRuntime(seed = 1): Runtime {
  return { ...asynchronousRuntime(), now: () => 0, random: chance(seed) }
}

/** A linear congruential generator, of which the high byte is used. */
function chance(seed: number): (target: Uint8Array) => void {
  let state = seed
  return (target) => {
    for (let at = 0; at < target.length; at += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      target[at] = state >>> 24
    }
  }
}
