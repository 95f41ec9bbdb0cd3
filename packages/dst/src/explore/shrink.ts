/** A choice that was not the uneventful one, and its place on the tape. */
type Event = [place: number, choice: number]

/** The part of fast-check that shrinks: pass the module itself. */
export interface ShrinkingLibrary {
  nat(max: number): unknown
  tuple(...arbitraries: never[]): unknown
  array(arbitrary: never): unknown
  asyncProperty(arbitrary: never, predicate: (events: Event[]) => Promise<boolean>): unknown
  check(property: never, parameters: never): Promise<{ readonly counterexample: unknown }>
}

export interface ShrinkOptions {
  /** Whether this tape breaks a promise, too. */
  readonly fails: (tape: readonly number[]) => Promise<boolean>
  /** At most so many tapes are tried. Default 2,000. */
  readonly triesMax?: number
}

/** Choices on a tape are below this. */
const choiceMax = 0xffff

/**
 * Looks for a simpler tape that fails as well: fewer eventful choices, smaller ones, earlier ones. A tape is shrunk as
 * the list of its eventful choices, so that leaving one out does not move the others.
 */
export async function shrinkTape(
  library: ShrinkingLibrary,
  tape: readonly number[],
  options: ShrinkOptions,
): Promise<readonly number[]> {
  const { fails, triesMax = 2000 } = options
  let best = tape
  let tries = 0
  const holds = async (events: Event[]): Promise<boolean> => {
    tries += 1
    if (tries > triesMax) return true
    const candidate = tapeOf(events)
    if (!(await fails(candidate))) return true
    best = candidate
    return false
  }
  const event = library.tuple(library.nat(tape.length) as never, library.nat(choiceMax) as never)
  const property = library.asyncProperty(library.array(event as never) as never, holds)
  const parameters = { examples: [[eventsOf(tape)]], numRuns: 1, seed: 1 }
  await library.check(property as never, parameters as never)
  return best
}

function eventsOf(tape: readonly number[]): Event[] {
  return tape.flatMap((choice, place): Event[] => (choice === 0 ? [] : [[place, choice]]))
}

function tapeOf(events: readonly Event[]): number[] {
  const tape: number[] = []
  for (const [place, choice] of events) {
    while (tape.length <= place) tape.push(0)
    tape[place] = choice
  }
  return tape
}
