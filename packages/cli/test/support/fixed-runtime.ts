import { asynchronousRuntime, type Runtime } from '@varve/storage'

/** A runtime whose chance is the same in every run, and whose clock stands still: the same log, byte for byte. */
export function fixedRuntime(seed = 1): Runtime {
  let state = seed
  const getRandomValues = (target: Uint8Array): void => {
    for (let at = 0; at < target.length; at += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      target[at] = state >>> 24
    }
  }
  return { ...asynchronousRuntime(), now: () => 0, random: getRandomValues }
}
