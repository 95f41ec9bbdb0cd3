import { takeTurns, timedEither, type Rounds } from './turns.ts'

/** One who takes part in a measurement of appending. */
export interface Contestant {
  readonly name: string
  /** Does what is measured, once; a promise if it waits. */
  readonly work: () => Promise<unknown> | undefined
  readonly close: () => Promise<unknown> | undefined
}

/** As {@link Contestant}, of something that returns nothing. */
export function blocking(name: string, work: () => void, close: () => void): Contestant {
  return {
    name,
    work: () => {
      work()
      return undefined
    },
    close: () => {
      close()
      return undefined
    },
  }
}

/**
 * Milliseconds that each took, each time, in rounds. With `repeats` each does its work so often in its turn, so that
 * most of what is measured follows its own like, as it does in a program. Closes all of them, also when one fails.
 */
export async function compete(
  rounds: Rounds | number,
  contestants: readonly Contestant[],
  repeats = 1,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const samples = new Map(contestants.map(({ name }) => [name, [] as number[]]))
  const turn = ({ name, work }: Contestant) => async (): Promise<number> => {
    const into = samples.get(name) ?? []
    for (let repeat = 0; repeat < repeats; repeat += 1) into.push(await timedEither(work))
    return into.length
  }
  try {
    await takeTurns(rounds, Object.fromEntries(contestants.map((one) => [one.name, turn(one)])))
    return samples
  } finally {
    for (const { close } of contestants) await close()
  }
}
