/** Keeps about a given number of values of any number that come, spread evenly over them, with the last one. */
export class Sampler<T> {
  readonly #valuesMax: number
  #kept: T[] = []
  #stride = 1
  #seen = 0
  #last: T | undefined

  constructor(valuesMax: number) {
    this.#valuesMax = valuesMax
  }

  /** `make` is called only if the value is wanted, or could be the last one. */
  add(value: T): void {
    if (this.#seen % this.#stride === 0) {
      this.#kept.push(value)
      if (this.#kept.length > this.#valuesMax) {
        this.#kept = this.#kept.filter((_, at) => at % 2 === 0)
        this.#stride *= 2
      }
    }
    this.#seen += 1
    this.#last = value
  }

  /** In the order in which they came. */
  get values(): readonly T[] {
    const last = this.#last
    return last === undefined || this.#kept.at(-1) === last ? this.#kept : [...this.#kept, last]
  }
}
