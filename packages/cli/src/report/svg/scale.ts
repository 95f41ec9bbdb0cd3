/** Two decimals: what a screen can show. */
export function round(value: number): number {
  return Math.round(value * 100) / 100
}

/** Round numbers from `min` to `max`, about `count` of them: multiples of 1, 2 or 5 times a power of ten, or of two. */
export function ticks(min: number, max: number, count: number, isBinary = false): readonly number[] {
  if (max <= min) return [min]
  const rough = (max - min) / count
  const power = isBinary ? 2 ** Math.ceil(Math.log2(rough)) : 10 ** Math.floor(Math.log10(rough))
  const factor = isBinary ? 1 : ([1, 2, 5].find((each) => each * power >= rough) ?? 10)
  const step = Math.max(1, factor * power)
  const first = Math.ceil(min / step) * step
  return Array.from({ length: Math.floor((max - first) / step) + 1 }, (_, at) => first + at * step)
}
