import { asynchronousRuntime, synchronousRuntime, type Runtime } from '@varve/storage'

/** The runtime of an event loop, with chance that depends on `seed` alone: salts and log ids are always the same. */
export function seededRuntime(seed: number): Runtime {
  return { ...asynchronousRuntime(), random: seededRandom(seed) }
}

/** The same without an event loop. */
export function synchronousSeededRuntime(seed: number): Runtime {
  return { ...synchronousRuntime(), random: seededRandom(seed) }
}

function seededRandom(seed: number): Runtime['random'] {
  let state = seed >>> 0
  // The mix of MurmurHash3 over a counter: any bytes will do, as long as they are the same on every machine.
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return (mixed ^ (mixed >>> 16)) & 0xff
  }
  return (target) => {
    for (let at = 0; at < target.length; at += 1) target[at] = next()
  }
}
