const groups = new Intl.NumberFormat('en-US')

/** 12345 as `12,345`. */
export function count(value: number): string {
  return groups.format(value)
}

/** `3 records`, `1 record`. */
export function plural(value: number, one: string): string {
  return `${count(value)} ${one}${value === 1 ? '' : 's'}`
}

/** Bytes as people say them: `512 B`, `64 KiB`, `1.5 MiB`. */
export function bytes(value: number): string {
  if (value < 1024) return `${value} B`
  if (value < 2 ** 20) return `${decimal(value / 1024)} KiB`
  return `${decimal(value / 2 ** 20)} MiB`
}

/** Milliseconds as people say them: `420 µs`, `3.1 ms`, `1.2 s`. */
export function duration(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1000)} µs`
  if (ms < 1000) return `${decimal(ms)} ms`
  return `${decimal(ms / 1000)} s`
}

/** How many times the one is of the other: `1.30 ×`; a dash where there is nothing to divide by. */
export function ratio(value: number, by: number): string {
  return by > 0 ? `${(value / by).toFixed(value / by < 10 ? 2 : 0)} ×` : '–'
}

/** `12–40`, or `none` where the first lies above the last. */
export function range(first: number, last: number): string {
  if (last < first) return 'none'
  return first === last ? count(first) : `${count(first)}–${count(last)}`
}

function decimal(value: number): string {
  return value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value))
}
