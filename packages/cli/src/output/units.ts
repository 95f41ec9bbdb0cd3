const sizes = ['KiB', 'MiB', 'GiB', 'TiB'] as const

/** `512 B`, `4.0 KiB`, `16 MiB`: three digits at most. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  let value = bytes
  let unit = -1
  while (value >= 1023.5 && unit < sizes.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value.toFixed(value < 9.95 ? 1 : 0)} ${String(sizes[unit])}`
}

/** `1,234,567`. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 record`, `2 records`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** `12-20`, `12` or `none`: a stretch of sequence numbers, ends included. */
export function range(first: number | undefined, last: number | undefined): string {
  if (first === undefined) return 'unknown'
  if (last === undefined) return `${count(first)}-?`
  if (last < first) return 'none'
  return first === last ? count(first) : `${count(first)}-${count(last)}`
}
