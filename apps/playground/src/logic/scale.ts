/** Maps values to positions on a logarithmic axis. */
export interface LogScale {
  readonly at: (value: number) => number
  /** Round values on the axis, ascending: 1, 2 and 5 times a power of ten. The first and the last are its ends. */
  readonly ticks: readonly number[]
}

/**
 * An axis from `start` to `end` that holds all of `values`. What is below `least`, such as the 0 of a clock that is too
 * coarse, stands at `least`.
 */
export function logScale(values: readonly number[], start: number, end: number, least: number): LogScale {
  const held = [least, ...values].filter((value) => value >= least)
  const rounded = roundValues(Math.min(...(held.length > 1 ? held.slice(1) : held)), Math.max(...held))
  const low = rounded[0] ?? least
  const span = Math.log((rounded.at(-1) ?? low) / low) || 1
  const at = (value: number): number => start + ((end - start) * Math.log(Math.max(value, low) / low)) / span
  return { at, ticks: rounded }
}

/**
 * Where a share of the samples stands on an axis of 0 to 1 that gives each nine as much room as the one before: 0,
 * 90 %, 99 % and 99.9 % are a third apart.
 */
export function ninesAt(share: number): number {
  return -Math.log10(1 - Math.min(share, 0.999)) / 3
}

/** Values 1, 2, 5 times a power of ten from the last that is not above `low` to the first that is not below `high`. */
function roundValues(low: number, high: number): number[] {
  const found: number[] = []
  for (let power = Math.floor(Math.log10(low)); ; power += 1) {
    for (const mantissa of [1, 2, 5]) {
      const value = Number(`${mantissa}e${power}`)
      if (value <= low) found.length = 0
      found.push(value)
      if (value >= high && value > low) return found
    }
  }
}
