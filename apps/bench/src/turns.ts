/** One thing to measure: does it once and returns what it measured. */
export type Contender = () => number | Promise<number>

/** How often contenders take turns: until the time is up, but not less and not more often. */
export interface Rounds {
  /** At least 1. */
  readonly least: number
  readonly most: number
  /** Milliseconds for all contenders together. */
  readonly ms: number
}

/** What each contender measured, in rounds. */
export type Samples<Name extends string> = Record<Name, number[]>

/**
 * Lets the contenders take turns, so that whatever else the machine does hits all of them: each once a round, in an
 * order that changes, so that what one leaves behind for the next, such as a journal to be written, is nobody's lot.
 * The orders are the same in every run. Returns what each measured, in rounds.
 */
export async function takeTurns<Name extends string>(
  rounds: number | Rounds,
  contenders: Readonly<Record<Name, Contender>>,
): Promise<Samples<Name>> {
  const { least, most, ms } = typeof rounds === 'number' ? { least: rounds, most: rounds, ms: 0 } : rounds
  const names = Object.keys(contenders) as Name[]
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Samples<Name>
  const order = [...names]
  const began = performance.now()
  for (let round = 0; round < least || (round < most && performance.now() - began < ms); round += 1) {
    if (round > 0) shuffle(order, round)
    for (const name of order) samples[name].push(await contenders[name]())
  }
  return samples
}

/** Puts the items into an order that depends on `seed` and the one before. */
function shuffle(items: unknown[], seed: number): void {
  let state = seed
  for (let last = items.length - 1; last > 0; last -= 1) {
    // Of a linear congruential generator the high bits are the good ones.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const other = Math.floor((state / 2 ** 32) * (last + 1))
    ;[items[last], items[other]] = [items[other], items[last]]
  }
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

/** As {@link timed}, of work that may wait or not: what does not is not charged for a turn of the event loop. */
export async function timedEither(work: () => Promise<unknown> | undefined): Promise<number> {
  const began = performance.now()
  const waiting = work()
  if (waiting !== undefined) await waiting
  return performance.now() - began
}
