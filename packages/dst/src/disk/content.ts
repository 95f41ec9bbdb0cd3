import { Digest } from './digest.ts'
import {
  copySectors,
  cutTo,
  sectorBytes,
  sectorOf,
  toSectors,
  unreadableSector,
  zeroSector,
  type Sector,
} from './sector.ts'

/** What stood in a sector at some time. Stamps count the changes of a disk, so that their order is known. */
export interface SectorVersion {
  readonly sector: Sector
  readonly stamp: number
}

/** A size that the file had at some time, in bytes. */
export interface SizeVersion {
  readonly size: number
  readonly stamp: number
}

/** What may be on the disk in place of one sector, besides what is durable there. */
interface Pending {
  /** Everything that stood in the sector since it was durable, in order; the last one is what readers see. */
  readonly versions: readonly SectorVersion[]
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
 * One simulated file: what readers see, what is durable, and everything in between. Copies are cheap: they share
 * everything until one of them is written to.
 */
export class FileContent {
  #now: Sector[]
  #size: number
  #disk: Sector[]
  #diskSize: number
  #sizes: readonly SizeVersion[] = []
  #pending: Map<number, Pending> = new Map<number, Pending>()
  /** Whether the arrays and the map are this one's alone. */
  #owned = false
  #digest: number | undefined

  /** A file whose content is durable. The sectors cover `size`; zeros stand behind it. */
  constructor(sectors: Sector[] = [], size = 0) {
    this.#now = sectors
    this.#disk = sectors
    this.#size = size
    this.#diskSize = size
  }

  clone(): FileContent {
    const copy = new FileContent(this.#now, this.#size)
    copy.#disk = this.#disk
    copy.#diskSize = this.#diskSize
    copy.#sizes = this.#sizes
    copy.#pending = this.#pending
    copy.#digest = this.#digest
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

  /** Whether a loss of power can change nothing. */
  get settled(): boolean {
    return this.#pending.size === 0 && this.#sizes.length === 0
  }

  /** The sizes that the file had since its durable one, in order. */
  get sizes(): readonly SizeVersion[] {
    return this.#sizes
  }

  /** The sectors that may be found with something else than what is durable, ascending. */
  get pendingSectors(): readonly number[] {
    return [...this.#pending.keys()].sort((a, b) => a - b)
  }

  /** Everything that may stand in a sector instead of what is durable, oldest first. */
  versions(sector: number): readonly SectorVersion[] {
    return this.#pending.get(sector)?.versions ?? []
  }

  /** Tells this content from others by everything that can be read of it, or that a loss of power may make of it. */
  get digest(): number {
    this.#digest ??= this.#digestNow()
    return this.#digest
  }

  /** A copy of what readers see. */
  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#size)
    copySectors(this.#now, 0, bytes)
    return bytes
  }

  /** Whether the device can read all bytes of the range. */
  isReadable(position: number, length: number): boolean {
    const end = Math.min(position + length, this.#size)
    for (let sector = sectorOf(position); sector * sectorBytes < end; sector += 1) {
      if (this.#now[sector] === unreadableSector) return false
    }
    return true
  }

  read(target: Uint8Array<ArrayBuffer>, position: number): number {
    const count = Math.max(0, Math.min(target.length, this.#size - position))
    copySectors(this.#now, position, count === target.length ? target : target.subarray(0, count))
    return count
  }

  write(source: Uint8Array<ArrayBuffer>, position: number, stamp: number): void {
    if (source.length === 0) return
    this.grow(position, stamp)
    this.#extend(position + source.length, stamp)
    this.#put(source, position, this.#now)
    this.#note(position, position + source.length, stamp)
  }

  /** Makes the file at least so large; what is added is zeros, written like anything else. */
  grow(size: number, stamp: number): void {
    const from = this.#size
    this.#extend(size, stamp)
    if (size > from) this.#note(from, size, stamp)
  }

  resize(size: number, stamp: number): void {
    if (size >= this.#size) {
      this.grow(size, stamp)
      return
    }
    this.#own()
    this.#now = cutTo(this.#now, size)
    this.#setSize(size, stamp)
  }

  /** Everything written so far, but what an earlier failed sync left clean, and the size. */
  sync(): void {
    if (this.settled) return
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
  writeDurable(source: Uint8Array<ArrayBuffer>, position: number, stamp: number): void {
    if (source.length === 0) return
    const end = position + source.length
    this.grow(position, stamp)
    this.#extend(end, stamp)
    while (this.#disk.length * sectorBytes < end) this.#disk.push(zeroSector)
    this.#put(source, position, this.#now)
    this.#put(source, position, this.#disk)
    for (let sector = sectorOf(position); sector <= sectorOf(end - 1); sector += 1) {
      const pending = this.#pending.get(sector)
      if (pending === undefined) continue
      const versions = pending.versions.map((version) => ({
        ...version,
        sector: version.sector.with(source, position - sector * sectorBytes),
      }))
      this.#pending.set(sector, { versions, dirty: pending.dirty })
    }
    this.#diskSize = Math.max(this.#diskSize, end)
    this.#sizes = this.#sizes.map(({ size, stamp }) => ({ size: Math.max(size, end), stamp }))
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
    this.#digest = undefined
    if (this.#owned) return
    this.#now = [...this.#now]
    this.#disk = [...this.#disk]
    this.#pending = new Map(this.#pending)
    this.#owned = true
  }

  #extend(size: number, stamp: number): void {
    this.#own()
    if (size <= this.#size) return
    while (this.#now.length * sectorBytes < size) this.#now.push(zeroSector)
    this.#setSize(size, stamp)
  }

  #setSize(size: number, stamp: number): void {
    this.#size = size
    this.#sizes = [...this.#sizes, { size, stamp }]
  }

  #put(source: Uint8Array, position: number, into: Sector[]): void {
    for (let sector = sectorOf(position); sector * sectorBytes < position + source.length; sector += 1) {
      into[sector] = (into[sector] as Sector).with(source, position - sector * sectorBytes)
    }
  }

  #note(from: number, to: number, stamp: number): void {
    for (let sector = sectorOf(from); sector <= sectorOf(to - 1); sector += 1) {
      const before = this.versions(sector)
      const now = this.#now[sector] as Sector
      const versions = before.at(-1)?.sector.equals(now) === true ? before : [...before, { sector: now, stamp }]
      this.#pending.set(sector, { versions, dirty: true })
    }
  }

  #digestNow(): number {
    const digest = new Digest().number(this.#size).sectors(this.#now)
    if (this.settled) return digest.value
    digest.number(this.#diskSize).sectors(this.#disk)
    for (const { size } of this.#sizes) digest.number(size)
    for (const sector of this.pendingSectors) {
      digest.word(sector)
      for (const version of this.versions(sector)) digest.word(version.sector.digest)
      digest.word(this.#pending.get(sector)?.dirty === true ? 1 : 0)
    }
    return digest.value
  }
}

/** A file with these bytes, all durable. */
export function settledContent(bytes: Uint8Array): FileContent {
  return new FileContent(toSectors(bytes), bytes.length)
}
