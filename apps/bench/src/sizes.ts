const KiB = 2 ** 10
const MiB = 2 ** 20
const GiB = 2 ** 30

/** A size in the largest unit that it is a whole number of, as people write it. */
export function bytesText(bytes: number): string {
  for (const [unit, size] of [['GiB', GiB], ['MiB', MiB], ['KiB', KiB]] as const) {
    if (bytes >= size && bytes % size === 0) return `${bytes / size} ${unit}`
  }
  return `${bytes} B`
}
