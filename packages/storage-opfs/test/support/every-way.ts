import fc from 'fast-check'

/** Picks one of `ways`, from 0. */
export type Choose = (ways: number) => number

/** Plays every way that there is: `play` is called once for each sequence of choices. */
export function everyWay(play: (choose: Choose) => void): void {
  let next: number[] = []
  do {
    const taken: number[] = []
    const ways: number[] = []
    play((count) => {
      const choice = next[taken.length] ?? 0
      taken.push(choice)
      ways.push(count)
      return choice
    })
    while (taken.length > 0 && (taken.at(-1) ?? 0) + 1 >= (ways.at(-1) ?? 0)) {
      taken.pop()
      ways.pop()
    }
    next = taken
    if (next.length > 0) next.push((next.pop() ?? 0) + 1)
  } while (next.length > 0)
}

/** Plays `runs` ways, taken at random. */
export function someWays(runs: number, play: (choose: Choose) => void): void {
  const choices = fc.array(fc.nat({ max: 63 }), { minLength: 40, maxLength: 40 })
  fc.assert(
    fc.property(choices, (numbers) => {
      let at = 0
      play((ways) => (numbers[at++ % numbers.length] ?? 0) % ways)
    }),
    { numRuns: runs },
  )
}
