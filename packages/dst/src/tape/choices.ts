/** What a choice is about; only sources that give some kinds of trouble more often than others look at it. */
export type ChoiceKind =
  /** What the system under test is made to do. */
  | 'work'
  /** Which of several steps comes next. */
  | 'schedule'
  /** What happens at an operation: nothing, a crash, a fault. */
  | 'happening'
  /** Whether a sync takes a minute. */
  | 'stall'
  /** Whether only the process ended or the power went. */
  | 'crash'
  /** What of the un-synced changes is left. */
  | 'survival'
  /** What a disk lost between two runs. */
  | 'decay'

/** Where every decision of a run comes from, so that the same choices make the same run. */
export interface Choices {
  /** A whole number from 0 to `ways - 1`, where 0 is the least eventful. Not asked when there is only one way. */
  draw(ways: number, kind: ChoiceKind): number
}

/** Choices with a memory: whatever the source, what was drawn is a tape that can be played again. */
export class Tape implements Choices {
  readonly #source: Choices
  #drawn: number[]

  constructor(source: Choices, drawn: readonly number[] = []) {
    this.#source = source
    this.#drawn = [...drawn]
  }

  /** Everything drawn so far, in order. */
  get drawn(): readonly number[] {
    return this.#drawn
  }

  get length(): number {
    return this.#drawn.length
  }

  /** Notes a choice that was made elsewhere. */
  push(choice: number): void {
    this.#drawn.push(choice)
  }

  draw(ways: number, kind: ChoiceKind): number {
    if (ways < 2) return 0
    const choice = this.#source.draw(ways, kind)
    this.#drawn.push(choice)
    return choice
  }
}

/** Plays a tape. What does not fit is folded into the ways that there are; behind the end nothing eventful happens. */
export function replayed(tape: readonly number[]): Choices {
  let at = 0
  return {
    draw(ways) {
      const value = tape[at] ?? 0
      at += 1
      return value % ways
    },
  }
}
