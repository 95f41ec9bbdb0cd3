const physicalName = /^pool-([0-9]{8})$/

/** Name of a physical file, by its number. */
export function physicalNameOf(index: number): string {
  return `pool-${String(index).padStart(8, '0')}`
}

/** The number of a physical file; undefined if the name is that of something else. */
export function indexOf(name: string): number | undefined {
  const digits = physicalName.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
