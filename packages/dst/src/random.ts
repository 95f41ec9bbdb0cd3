/** Chance that is the same every time. */
export interface Random {
  /** A whole number from 0 to `bound - 1`. */
  below(bound: number): number
  fill(target: Uint8Array): void
}

/** A small generator (mulberry32): good enough to scatter choices, and the same on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  return {
    below: (bound) => next() % bound,
    fill(target) {
      for (let at = 0; at < target.length; at += 1) target[at] = next() & 255
    },
  }
}
