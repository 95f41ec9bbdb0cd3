/** A bar of `cells` characters, as full as `fraction` says: from 0 to 1. */
export function bar(fraction: number, cells: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * cells)
  return '\u2588'.repeat(full) + '\u2591'.repeat(cells - full)
}
