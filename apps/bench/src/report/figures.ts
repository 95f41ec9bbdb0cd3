/** Three digits that matter, or all before the point: `0.123`, `12,345`, `2.50 M`. */
export function amount(value: number): string {
  if (Math.abs(value) >= 1e9) return `${(value / 1e9).toPrecision(3)} G`
  if (Math.abs(value) >= 1e6) return `${(value / 1e6).toPrecision(3)} M`
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US')
  return Number(value.toPrecision(3)).toString()
}

const thousands = ['', ' k', ' M', ' G', ' T']
const kibi = [' B', ' KiB', ' MiB', ' GiB', ' TiB']

/** As a label of an axis: `10 k`, `1 M`. */
export function shortNumber(value: number): string {
  return scaled(value, 1000, thousands)
}

/** As a label of an axis: `16 B`, `64 KiB`. */
export function shortBytes(value: number): string {
  return scaled(value, 1024, kibi)
}

function scaled(value: number, base: number, units: readonly string[]): string {
  let power = 0
  // What rounds up to the next unit belongs there.
  while (power < units.length - 1 && Math.abs(value) >= base ** (power + 1) * 0.9995) power += 1
  return `${Number((value / base ** power).toPrecision(3))}${units[power] ?? ''}`
}
