/** Two decimals: what a screen can show. */
export function round(value: number): number {
  return Math.round(value * 100) / 100
}

/** Whole steps of 1, 2 or 5 times a power of ten or, for bytes, of two, that cover `max` with about `count` marks. */
export function ticks(max: number, count: number, isBinary = false): readonly number[] {
  if (max <= 0) return [0]
  const rough = max / count
  const power = isBinary ? 2 ** Math.ceil(Math.log2(rough)) : 10 ** Math.floor(Math.log10(rough))
  const factor = isBinary ? 1 : ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10)
  const step = Math.max(1, factor * power)
  return Array.from({ length: Math.floor(max / step) + 1 }, (_, at) => at * step)
}
