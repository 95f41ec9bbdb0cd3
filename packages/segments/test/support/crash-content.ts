import { copySectors, sectorBytes, toSectors, zeroSector, type Sector } from './crash-sector.ts'

/** What may be on the disk in place of one sector, besides what is durable there. */
interface Pending {
  /** Everything that stood in the sector since it was durable, in order; the last one is what readers see. */
  readonly versions: readonly Sector[]
  /** Whether the next sync will write it. After a failed sync it may be readable, clean, and not on the disk. */
  readonly dirty: boolean
}

/** What becomes of un-synced bytes when a sync fails; which one depends on the file system. */
export type FailedSync =
  /** They can be read and count as written: the next sync succeeds and persists none of them (ext4, xfs). */
  | 'clean'
  /** What is durable comes back (btrfs). */
  | 'reverts'
  /** They stay to be written by the next sync. */
  | 'dirty'

/**
 * One file of the crash-simulating storage: what readers see, what is durable, and everything in between. Copies are
 * cheap: they share everything until one of them is written to.
 */
export class CrashContent {
  #now: Sector[]
  #size: number
  #disk: Sector[]
  #diskSize: number
  /** Every size since the durable one, in order. */
  #sizes: readonly number[] = []
  #pending: Map<number, Pending> = new Map<number, Pending>()
  /** Whether the arrays and the map are this one's alone. */
  #owned = false

  /** A file whose content is durable. The sectors cover `size`; zeros stand behind it. */
  constructor(sectors: Sector[] = [], size = 0) {
    this.#now = sectors
    this.#disk = sectors
    this.#size = size
    this.#diskSize = size
  }

  clone(): CrashContent {
    const copy = new CrashContent(this.#now, this.#size)
    copy.#disk = this.#disk
    copy.#diskSize = this.#diskSize
    copy.#sizes = this.#sizes
    copy.#pending = this.#pending
    this.#owned = false
    return copy
  }

  get size(): number {
    return this.#size
  }

  /** As readers see them. */
  get sectors(): readonly Sector[] {
    return this.#now
  }

  get durableSize(): number {
    return this.#diskSize
  }

  /** What would be left if nothing else survived. */
  get durableSectors(): readonly Sector[] {
    return this.#disk
  }

  /** The sizes that the file may be found with, the durable one first, each once. */
  get possibleSizes(): readonly number[] {
    return [...new Set([this.#diskSize, ...this.#sizes])]
  }

  /** The sectors that may be found with something else than what is durable, ascending. */
  get pendingSectors(): readonly number[] {
    return [...this.#pending.keys()].sort((a, b) => a - b)
  }

  /** Everything that may stand in a sector instead of what is durable, oldest first. */
  versions(sector: number): readonly Sector[] {
    return this.#pending.get(sector)?.versions ?? []
  }

  /** Whether the next sync will write what is pending there. */
  isDirty(sector: number): boolean {
    return this.#pending.get(sector)?.dirty === true
  }

  /** A copy of what readers see. */
  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#size)
    copySectors(this.#now, 0, bytes)
    return bytes
  }

  read(target: Uint8Array<ArrayBuffer>, position: number): number {
    const count = Math.max(0, Math.min(target.length, this.#size - position))
    copySectors(this.#now, position, count === target.length ? target : target.subarray(0, count))
    return count
  }

  write(source: Uint8Array<ArrayBuffer>, position: number): void {
    if (source.length === 0) return
    this.grow(position)
    this.#extend(position + source.length)
    this.#put(source, position, this.#now)
    this.#note(position, position + source.length)
  }

  /** Makes the file at least so large; what is added is zeros, written like anything else. */
  grow(size: number): void {
    const from = this.#size
    this.#extend(size)
    if (size > from) this.#note(from, size)
  }

  resize(size: number): void {
    if (size >= this.#size) {
      this.grow(size)
      return
    }
    this.#own()
    this.#now = cutTo(this.#now, size)
    this.#setSize(size)
  }

  /** Everything written so far, but what an earlier failed sync left clean, and the size. */
  sync(): void {
    if (this.#pending.size === 0 && this.#sizes.length === 0) return
    this.#own()
    for (const [sector, { dirty }] of this.#pending) {
      if (!dirty) continue
      while (this.#disk.length < sector) this.#disk.push(zeroSector)
      this.#disk[sector] = this.#now[sector] ?? zeroSector
      this.#pending.delete(sector)
    }
    this.#disk = cutTo(this.#disk, this.#size)
    this.#diskSize = this.#size
    this.#sizes = []
  }

  /** Exactly these bytes, and a size that reaches over them; their neighbours in a sector stay as they were. */
  writeDurable(source: Uint8Array<ArrayBuffer>, position: number): void {
    if (source.length === 0) return
    const end = position + source.length
    this.grow(position)
    this.#extend(end)
    while (this.#disk.length * sectorBytes < end) this.#disk.push(zeroSector)
    this.#put(source, position, this.#now)
    this.#put(source, position, this.#disk)
    for (let sector = firstSector(position); sector <= firstSector(end - 1); sector += 1) {
      const pending = this.#pending.get(sector)
      if (pending === undefined) continue
      const versions = pending.versions.map((version) => version.with(source, position - sector * sectorBytes))
      this.#pending.set(sector, { versions, dirty: pending.dirty })
    }
    this.#diskSize = Math.max(this.#diskSize, end)
    this.#sizes = this.#sizes.map((size) => Math.max(size, end))
  }

  failSync(outcome: FailedSync): void {
    if (outcome === 'dirty') return
    this.#own()
    if (outcome === 'clean') {
      for (const [sector, { versions }] of this.#pending) this.#pending.set(sector, { versions, dirty: false })
      return
    }
    this.#now = [...this.#disk]
    this.#size = this.#diskSize
    this.#sizes = []
    this.#pending.clear()
  }

  #own(): void {
    if (this.#owned) return
    this.#now = [...this.#now]
    this.#disk = [...this.#disk]
    this.#pending = new Map(this.#pending)
    this.#owned = true
  }

  #extend(size: number): void {
    this.#own()
    if (size <= this.#size) return
    while (this.#now.length * sectorBytes < size) this.#now.push(zeroSector)
    this.#setSize(size)
  }

  #setSize(size: number): void {
    this.#size = size
    this.#sizes = [...this.#sizes, size]
  }

  #put(source: Uint8Array, position: number, into: Sector[]): void {
    for (let sector = firstSector(position); sector * sectorBytes < position + source.length; sector += 1) {
      into[sector] = (into[sector] as Sector).with(source, position - sector * sectorBytes)
    }
  }

  #note(from: number, to: number): void {
    for (let sector = firstSector(from); sector <= firstSector(to - 1); sector += 1) {
      const before = this.versions(sector)
      const now = this.#now[sector] as Sector
      const versions = before.at(-1)?.equals(now) === true ? before : [...before, now]
      this.#pending.set(sector, { versions, dirty: true })
    }
  }
}

/** A file with these bytes, all durable. */
export function settledContent(bytes: Uint8Array): CrashContent {
  return new CrashContent(toSectors(bytes), bytes.length)
}

/** The sectors of a file that was cut: zeros from `size` on. */
export function cutTo(sectors: readonly Sector[], size: number): Sector[] {
  const count = Math.ceil(size / sectorBytes)
  const kept = sectors.slice(0, count)
  while (kept.length < count) kept.push(zeroSector)
  const last = kept.at(-1)
  if (last !== undefined) kept[count - 1] = last.cut(size - (count - 1) * sectorBytes)
  return kept
}

function firstSector(position: number): number {
  return Math.floor(position / sectorBytes)
}
