/** The unit that survives a crash or not, in bytes: smaller than any device's, so that one frame spans several. */
export const sectorBytes = 64

/** What may be on the disk in place of one sector, besides what is durable there. */
interface Pending {
  /** Everything that stood in the sector since it was durable, in order; the last one is what readers see. */
  readonly versions: readonly Uint8Array<ArrayBuffer>[]
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

/** One file of the crash-simulating storage: what readers see, what is durable, and everything in between. */
export class CrashContent {
  #now: Uint8Array<ArrayBuffer>
  #size: number
  #disk: Uint8Array<ArrayBuffer>
  #diskSize: number
  /** Every size since the durable one, in order. */
  #sizes: number[]
  #pending: Map<number, Pending>

  constructor(bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0)) {
    this.#now = grown(bytes, roomFor(bytes.length))
    this.#disk = this.#now.slice()
    this.#size = bytes.length
    this.#diskSize = bytes.length
    this.#sizes = []
    this.#pending = new Map()
  }

  clone(): CrashContent {
    const copy = new CrashContent()
    copy.#now = this.#now.slice()
    copy.#disk = this.#disk.slice()
    copy.#size = this.#size
    copy.#diskSize = this.#diskSize
    copy.#sizes = [...this.#sizes]
    copy.#pending = new Map(this.#pending)
    return copy
  }

  get size(): number {
    return this.#size
  }

  /** As readers see it. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#now.subarray(0, this.#size)
  }

  get durableSize(): number {
    return this.#diskSize
  }

  /** What is durable, and would be left if nothing else survived. */
  get durableBytes(): Uint8Array<ArrayBuffer> {
    return this.#disk.subarray(0, this.#diskSize)
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
  versions(sector: number): readonly Uint8Array<ArrayBuffer>[] {
    return this.#pending.get(sector)?.versions ?? []
  }

  read(target: Uint8Array<ArrayBuffer>, position: number): number {
    const count = Math.max(0, Math.min(target.length, this.#size - position))
    target.set(this.#now.subarray(position, position + count))
    return count
  }

  write(source: Uint8Array<ArrayBuffer>, position: number): void {
    if (source.length === 0) return
    this.grow(position + source.length)
    this.#now.set(source, position)
    this.#note(position, position + source.length)
  }

  /** Makes the file at least so large; what is added is zeros, written like anything else. */
  grow(size: number): void {
    if (size <= this.#size) return
    const from = this.#size
    this.#allocate(size)
    this.#setSize(size)
    this.#note(from, size)
  }

  resize(size: number): void {
    if (size >= this.#size) {
      this.grow(size)
      return
    }
    this.#now.fill(0, size, this.#size)
    this.#setSize(size)
  }

  /** Everything written so far, but what an earlier failed sync left clean, and the size. */
  sync(): void {
    for (const [sector, { dirty }] of this.#pending) {
      if (!dirty) continue
      this.#disk.set(this.#sectorNow(sector), sector * sectorBytes)
      this.#pending.delete(sector)
    }
    this.#diskSize = this.#size
    this.#disk.fill(0, this.#size)
    this.#sizes = []
  }

  /** Exactly these bytes, and a size that reaches over them; their neighbours in a sector stay as they were. */
  writeDurable(source: Uint8Array<ArrayBuffer>, position: number): void {
    if (source.length === 0) return
    const end = position + source.length
    this.grow(end)
    this.#now.set(source, position)
    this.#disk.set(source, position)
    for (let sector = firstSector(position); sector <= firstSector(end - 1); sector += 1) {
      this.#patch(sector, source, position)
    }
    this.#diskSize = Math.max(this.#diskSize, end)
    this.#sizes = this.#sizes.map((size) => Math.max(size, end))
  }

  failSync(outcome: FailedSync): void {
    if (outcome === 'dirty') return
    if (outcome === 'clean') {
      for (const [sector, { versions }] of this.#pending) this.#pending.set(sector, { versions, dirty: false })
      return
    }
    this.#now = this.#disk.slice()
    this.#size = this.#diskSize
    this.#sizes = []
    this.#pending.clear()
  }

  /** Damage at rest: changes what readers see and what is durable, which nobody is told of. */
  damage(change: (bytes: Uint8Array<ArrayBuffer>) => void): void {
    change(this.#now.subarray(0, this.#size))
    change(this.#disk.subarray(0, this.#diskSize))
  }

  #allocate(size: number): void {
    if (size <= this.#now.length) return
    const room = roomFor(Math.max(size, this.#now.length * 2, 1024))
    this.#now = grown(this.#now, room)
    this.#disk = grown(this.#disk, room)
  }

  #setSize(size: number): void {
    this.#size = size
    this.#sizes.push(size)
  }

  #note(from: number, to: number): void {
    for (let sector = firstSector(from); sector <= firstSector(to - 1); sector += 1) {
      const before = this.versions(sector)
      const now = this.#sectorNow(sector)
      const last = before.at(-1)
      const versions = last !== undefined && sameBytes(last, now) ? before : [...before, now.slice()]
      this.#pending.set(sector, { versions, dirty: true })
    }
  }

  /** Puts durable bytes into everything that may be found in the sector. */
  #patch(sector: number, source: Uint8Array<ArrayBuffer>, position: number): void {
    const pending = this.#pending.get(sector)
    if (pending === undefined) return
    const base = sector * sectorBytes
    const from = Math.max(position, base)
    const to = Math.min(position + source.length, base + sectorBytes)
    const versions = pending.versions.map((version) => {
      const patched = version.slice()
      patched.set(source.subarray(from - position, to - position), from - base)
      return patched
    })
    if (to - from === sectorBytes) this.#pending.delete(sector)
    else this.#pending.set(sector, { versions, dirty: pending.dirty })
  }

  #sectorNow(sector: number): Uint8Array<ArrayBuffer> {
    return this.#now.subarray(sector * sectorBytes, (sector + 1) * sectorBytes)
  }
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false
  return true
}

function firstSector(position: number): number {
  return Math.floor(position / sectorBytes)
}

/** Whole sectors, so that each can be looked at without asking where the file ends. */
function roomFor(size: number): number {
  return Math.ceil(size / sectorBytes) * sectorBytes
}

function grown(bytes: Uint8Array<ArrayBuffer>, room: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(room)
  larger.set(bytes)
  return larger
}
