import type { ChoiceKind, Choices } from './choices.ts'

interface Digit {
  value: number
  readonly ways: number
}

/** How many choices of a kind may be eventful in one run; without a bound all of them may. */
export type Bounds = Partial<Record<ChoiceKind, number>>

/**
 * Choices in all combinations, one combination a run: an odometer whose last digit turns first. The system under test
 * is run again for each; which choices there are depends on those before them, so digits come and go.
 */
export class EnumeratedChoices implements Choices {
  readonly #bounds: Bounds
  #digits: Digit[] = []
  #at = 0
  #spent = new Map<ChoiceKind, number>()
  #turned = -1

  constructor(bounds: Bounds = {}) {
    this.#bounds = bounds
  }

  /** Whether what comes now differs from all runs before this one: the digit that was turned has been drawn. */
  get isNew(): boolean {
    return this.#at > this.#turned
  }

  draw(ways: number, kind: ChoiceKind): number {
    const bound = this.#bounds[kind] ?? Number.POSITIVE_INFINITY
    const spent = this.#spent.get(kind) ?? 0
    // A choice that has no alternative left is not a digit.
    if (spent >= bound) return 0
    const digit = this.#digits[this.#at] ?? { value: 0, ways }
    this.#digits[this.#at] = digit
    this.#at += 1
    if (digit.value > 0) this.#spent.set(kind, spent + 1)
    return digit.value
  }

  /** Turns to the next combination; false when all have been. */
  next(): boolean {
    this.#digits.length = this.#at
    while (this.#digits.length > 0) {
      const last = this.#digits[this.#digits.length - 1] as Digit
      last.value += 1
      if (last.value < last.ways) break
      this.#digits.pop()
    }
    this.#turned = this.#digits.length - 1
    this.#at = 0
    this.#spent.clear()
    return this.#digits.length > 0
  }
}
