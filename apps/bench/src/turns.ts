/** One thing to measure: does it once and returns what it measured. */
export type Contender = () => number | Promise<number>

/**
 * Lets the contenders take turns, so that whatever else the machine does hits all of them. Each round another one is
 * first. Returns what each measured, in rounds.
 */
export async function takeTurns<Name extends string>(
  rounds: number,
  contenders: Readonly<Record<Name, Contender>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contenders) as Name[]
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(round + turn) % names.length]!
      samples[name].push(await contenders[name]())
    }
  }
  return samples
}

/** Milliseconds of a piece of work. */
export function timed(work: () => void): number {
  const began = performance.now()
  work()
  return performance.now() - began
}

/** As {@link timed}, of work that waits. */
export async function timedWaiting(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
