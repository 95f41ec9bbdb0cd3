import type { CrashContent } from './crash-content.ts'
import type { CrashDisk } from './crash-disk.ts'

/**
 * Tells one disk from another by everything that can be read of it and everything that a loss of power may make of it:
 * about 62 bits, so that equal states are visited once.
 */
export function digestOf(disk: CrashDisk): string {
  let one = disk.generation
  let other = disk.durableGeneration
  const word = (value: number): void => {
    one = Math.imul(one ^ value, 0x01000193)
    one ^= one >>> 15
    other = Math.imul(((other << 5) | (other >>> 27)) ^ value, 0x85ebca6b)
  }
  const known = new Map<CrashContent, number>()
  const content = (file: CrashContent): void => {
    const number = known.get(file)
    word(number ?? known.size)
    if (number !== undefined) return
    known.set(file, known.size)
    word(file.size)
    for (const sector of file.sectors) word(sector.digest)
    for (const size of file.possibleSizes) word(size)
    for (const sector of file.pendingSectors) {
      word(sector)
      word(file.durableSectors[sector]?.digest ?? 0)
      for (const version of file.versions(sector)) word(version.digest)
      word(file.isDirty(sector) ? 1 : 0)
    }
  }
  const name = (text: string): void => {
    for (let at = 0; at < text.length; at += 1) word(text.charCodeAt(at))
  }
  for (const names of [disk.names, disk.durableNames]) {
    for (const text of [...names.keys()].sort()) {
      name(text)
      content(names.get(text) as CrashContent)
    }
  }
  for (const change of disk.pending) {
    name(change.kind)
    if (change.kind === 'rename') name(change.from + change.to)
    else name(change.name)
    if (change.kind !== 'remove') content(change.content)
  }
  return `${one >>> 0}.${other >>> 0}`
}
