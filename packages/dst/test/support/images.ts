import { vectors } from '../../src/explore/vectors.ts'
import { Disk, sectorBytes, settledContent, SurvivalPlan, type FileContent, type Survival } from '../../src/index.ts'

/** Any sector, size and name by itself; atomic sectors. */
export const anything: Survival = {
  order: 'any',
  names: 'any',
  renames: 'apart',
  sizes: 'any',
  holes: 'zeros',
  tears: 0,
  damagedBlockBytes: 0,
}

export function bytes(value: number, count: number = sectorBytes): Uint8Array<ArrayBuffer> {
  return new Uint8Array(count).fill(value)
}

/** A disk with one file 'a' of durable sectors that hold 1, and what was done to it; each change has its stamp. */
export function diskWith(sectors: number, work: (content: FileContent, stamp: () => number) => void): Disk {
  const content = settledContent(bytes(1, sectors * sectorBytes))
  const disk = new Disk(new Map([['a', content]]))
  work(content, () => disk.stamp())
  return disk
}

/** Every disk that a loss of power may leave, up to a limit. */
export function images(disk: Disk, survival: Survival = anything, limit = 1000): Disk[] {
  const plan = new SurvivalPlan(disk, survival)
  const left: Disk[] = []
  for (const chosen of vectors(plan.ways, limit, 1)) left.push(plan.image(chosen))
  return left
}

/** What the file 'a' may be found as: the first byte of each of its sectors. */
export function found(disk: Disk, survival: Survival = anything): string[] {
  const contents = images(disk, survival).map((image) => {
    const content = image.names.get('a')?.bytes() ?? new Uint8Array(0)
    return Array.from({ length: content.length / sectorBytes }, (_, sector) => content[sector * sectorBytes]).join('')
  })
  return [...new Set(contents)].sort()
}

/** The sets of names that may be found. */
export function foundNames(disk: Disk, survival: Survival = anything): string[] {
  return [...new Set(images(disk, survival).map((image) => [...image.names.keys()].sort().join('+')))].sort()
}
