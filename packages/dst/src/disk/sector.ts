/** The unit that survives a crash or not, in bytes: smaller than any device's, so that one frame spans several. */
export const sectorBytes = 64

/** The bytes of one sector. Never changed, so that any number of files and disks share it. */
export class Sector {
  readonly bytes: Uint8Array<ArrayBuffer>
  #digest: number | undefined

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes
  }

  /** 32 bits that differ, nearly always, where the bytes do. */
  get digest(): number {
    if (this.#digest !== undefined) return this.#digest
    let digest = 0x811c9dc5
    for (const byte of this.bytes) digest = Math.imul(digest ^ byte, 0x01000193)
    this.#digest = digest ^ (digest >>> 15)
    return this.#digest
  }

  /** The same with `source`, of which byte 0 belongs at `at` of this sector, and may lie before or behind it. */
  with(source: Uint8Array, at: number): Sector {
    const from = Math.max(0, at)
    const to = Math.min(sectorBytes, at + source.length)
    const bytes = this.bytes.slice()
    bytes.set(source.subarray(from - at, to - at), from)
    return new Sector(bytes)
  }

  /** The same with zeros from `at` on. */
  cut(at: number): Sector {
    if (at >= sectorBytes) return this
    return new Sector(this.bytes.slice().fill(0, Math.max(0, at)))
  }

  equals(other: Sector): boolean {
    return this === other || sameBytes(this.bytes, other.bytes)
  }
}

export const zeroSector: Sector = new Sector(new Uint8Array(sectorBytes))
/** What stands where a device damaged what it had, or a file grew over what nobody wrote. */
export const garbageSector: Sector = new Sector(new Uint8Array(sectorBytes).fill(0xdb))

/** A sector that the device cannot read any more; writing to it mends it. */
export const unreadableSector: Sector = new Sector(new Uint8Array(sectorBytes).fill(0xee))

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false
  return true
}

/** Number of the sector in which a byte lies. */
export function sectorOf(position: number): number {
  return Math.floor(position / sectorBytes)
}

/** Copies what `[position, position + target.length)` of a file of these sectors holds. */
export function copySectors(sectors: readonly Sector[], position: number, target: Uint8Array): void {
  for (let done = 0; done < target.length; ) {
    const at = (position + done) % sectorBytes
    const bytes = (sectors[(position + done - at) / sectorBytes] ?? zeroSector).bytes
    const count = Math.min(sectorBytes - at, target.length - done)
    target.set(count === sectorBytes ? bytes : bytes.subarray(at, at + count), done)
    done += count
  }
}

/** A file's bytes as sectors, the last one filled up with zeros. */
export function toSectors(bytes: Uint8Array): Sector[] {
  const sectors: Sector[] = []
  for (let at = 0; at < bytes.length; at += sectorBytes) {
    sectors.push(zeroSector.with(bytes.subarray(at, at + sectorBytes), 0))
  }
  return sectors
}

/** The sectors of a file that was cut, or grown with zeros, to `size` bytes. */
export function cutTo(sectors: readonly Sector[], size: number): Sector[] {
  const count = Math.ceil(size / sectorBytes)
  const kept = sectors.slice(0, count)
  while (kept.length < count) kept.push(zeroSector)
  const last = kept.at(-1)
  if (last !== undefined) kept[count - 1] = last.cut(size - (count - 1) * sectorBytes)
  return kept
}
