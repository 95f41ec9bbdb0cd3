import { HeaderSlots } from './header-slots.ts'
import { brokenPromise, noRoom, thrown, type Place } from './errors.ts'
import type { OpfsHandle } from './platform.ts'
import {
  contentStart,
  decodePoolHeader,
  encodePoolHeader,
  headerBytes,
  slotCount,
  slotStride,
  type PoolHeader,
} from './pool-header.ts'

/** Bytes of the content that are to be written when it costs least. */
interface Later {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly position: number
}

function endOf({ bytes, position }: Later): number {
  return position + bytes.length
}

/** What a header says besides its generation. */
type Claim = Pick<PoolHeader, 'name' | 'isSettled'>

/**
 * One file of the pool: a header that says by which name the log knows it, and content. Its own name never changes.
 * No count that the browser returns is believed; positions and sizes are those of the content.
 */
export class PhysicalFile {
  readonly index: number
  readonly slots: HeaderSlots
  /** When this process saw it first, in milliseconds of the platform's clock. */
  readonly seenAt: number
  /** Neither its name nor its content can be known: every copy of its header is damaged. */
  readonly isDamaged: boolean
  /** The name that the log knows it by; undefined while it is free. */
  name: string | undefined
  /** Handles that the log has on it. */
  openCount = 0
  /** How often a flush has failed: what was written before may have been dropped, whatever later ones say. */
  failedFlushes = 0
  /** It has no content, and none of an earlier life can come back: that it was cut off has been flushed. */
  isEmptyDurably = false
  readonly #handle: OpfsHandle
  readonly #physicalName: string
  /** Bytes of the physical file. Asking for it is slow in one browser. */
  #size: number
  /** What is to be written when it costs least. */
  #later: Later | undefined
  /** A write made the file longer, and nothing has confirmed that yet. */
  #hasGrown = false

  constructor(index: number, physicalName: string, handle: OpfsHandle, now: number) {
    this.index = index
    this.seenAt = now
    this.#physicalName = physicalName
    this.#handle = handle
    this.#size = this.#call('size', () => handle.getSize())
    const found = Array.from({ length: slotCount }, (_, slot) => this.#readHeader(slot))
    this.slots = new HeaderSlots(found)
    this.name = this.slots.current?.name
    // Who died while it made the first copy has left one torn copy and no content.
    const wasInUse = this.#size > contentStart || found.filter((copy) => copy === 'invalid').length > 1
    this.isDamaged = this.slots.current === undefined && wasInUse
  }

  /** Bytes of content. */
  get size(): number {
    if (this.#later !== undefined && endOf(this.#later) > this.#size - contentStart) this.settleLater()
    return Math.max(0, this.#size - contentStart)
  }

  /** Fills `target`, or as much of it as there is before the end. */
  read(target: Uint8Array<ArrayBuffer>, position: number): number {
    this.#makeWay(position, position + target.length)
    const expected = Math.max(0, Math.min(target.length, this.size - position))
    if (expected === 0) return 0
    const place = this.#place('read', position)
    const at = contentStart + position
    const count = this.#call(place, () => this.#handle.read(target.subarray(0, expected), { at }))
    if (count !== expected) throw brokenPromise(place, `returned ${count} of ${expected} bytes`)
    return count
  }

  write(source: Uint8Array<ArrayBuffer>, position: number): void {
    // A write of no bytes does not grow a file, as on every operating system.
    if (source.length === 0) return
    this.#makeWay(position, position + source.length, true)
    this.isEmptyDurably = false
    this.#write(source, contentStart + position)
  }

  /** Keeps a copy of the bytes, which {@link settleLater} writes unless a later write covers them. */
  writeLater(source: Uint8Array<ArrayBuffer>, position: number): void {
    this.#makeWay(position, position + source.length, true)
    // One at a time is all that a log needs.
    this.settleLater()
    this.#later = { bytes: new Uint8Array(source), position }
  }

  /** Writes what was to be written later, if anything is left of it. */
  settleLater(): void {
    const later = this.#later
    this.#later = undefined
    if (later !== undefined) this.write(later.bytes, later.position)
  }

  /** Makes everything written so far durable, and the size. Stops the thread until that is done. */
  flush(): void {
    const place = this.#place('flush')
    try {
      if (this.#hasGrown) this.#checkSize(place)
      this.#call(place, () => { this.#handle.flush() })
      this.isEmptyDurably = this.#size <= contentStart
    } catch (error) {
      this.failedFlushes += 1
      throw error
    }
  }

  /** Cuts the content, or extends it with zeros. */
  resize(size: number): void {
    const end = contentStart + size
    const place = this.#place('resize', size)
    this.#makeWay(size, Infinity, true)
    this.isEmptyDurably = false
    try {
      this.#handle.truncate(end)
    } catch (error) {
      this.#learnSize()
      throw end > this.#size && !isNamed(error) ? noRoom(place, 'failed', error) : thrown(place, error)
    }
    this.#hasGrown ||= end > this.#size
    this.#size = end
  }

  /**
   * Cuts all content off. A file that is being made gets its head, in real zeros: its header can be written later even
   * if the disk is full by then.
   */
  empty(): void {
    const missing = contentStart - this.#size
    if (missing > 0) this.#write(new Uint8Array(missing), this.#size)
    else this.resize(0)
  }

  /** Says durably what the file is from now on: in one step, whatever happens. */
  commit(generation: number, claim: Claim): void {
    const { slots } = this
    const slot = slots.target()
    const header = { ...claim, generation, isConfirmed: false }
    try {
      this.#writeHeader(slot, header)
      this.flush()
    } catch (error) {
      slots.failed(slot, false)
      throw error
    }
    slots.wrote(slot, header, true)
    this.name = claim.name
  }

  /**
   * Writes a second copy, un-synced, which proves to the next process that the first one is durable. The copy that is
   * known to be durable says the same and has the generation before this one.
   */
  confirm(generation: number, claim: Claim): void {
    const slot = this.slots.target()
    const header = { ...claim, generation, isConfirmed: true }
    try {
      this.#writeHeader(slot, header)
      this.slots.wrote(slot, header, false)
    } catch {
      // It saves a flush at the next open. Whoever writes next hears of a device that fails.
      this.slots.failed(slot, true)
    }
  }

  close(): void {
    this.#call('close', () => { this.#handle.close() })
  }

  /**
   * Something of a range is about to be read or changed: what was to be written there later is written first, or is not
   * wanted any more where a change covers it.
   */
  #makeWay(from: number, to: number, changes = false): void {
    const later = this.#later
    if (later === undefined || later.position >= to || endOf(later) <= from) return
    if (changes && from <= later.position && endOf(later) <= to) this.#later = undefined
    else this.settleLater()
  }

  #writeHeader(slot: number, header: PoolHeader): void {
    this.#write(encodePoolHeader(header, this.index, slot), slot * slotStride)
  }

  #readHeader(slot: number): ReturnType<typeof decodePoolHeader> {
    const at = slot * slotStride
    const bytes = new Uint8Array(Math.max(0, Math.min(headerBytes, this.#size - at)))
    const place = this.#place('read of the header')
    const count = bytes.length === 0 ? 0 : this.#call(place, () => this.#handle.read(bytes, { at }))
    if (count !== bytes.length) throw brokenPromise(place, `returned ${count} of ${bytes.length} bytes`)
    return decodePoolHeader(bytes, this.index, slot)
  }

  #write(source: Uint8Array<ArrayBuffer>, at: number): void {
    const end = at + source.length
    const place = this.#place('write', at)
    const grows = end > this.#size
    let count: number
    try {
      count = this.#call(place, () => this.#handle.write(source, { at }))
    } catch (error) {
      this.#learnSize()
      throw error
    }
    if (count === source.length) {
      if (!grows) return
      this.#hasGrown = true
      this.#size = end
      return
    }
    const seen = `wrote ${count} of ${source.length} bytes`
    this.#learnSize()
    // No browser was seen to write a part: 0 is a quota that is used up, and nonsense a full disk or a failed device.
    throw count === 0 || (grows && this.#size < end) ? noRoom(place, seen) : brokenPromise(place, seen)
  }

  /** One browser reports bytes as written, and the flush behind them as done, that a full disk did not take. */
  #checkSize(place: Place): void {
    const expected = this.#size
    const actual = this.#call(place, () => this.#handle.getSize())
    if (actual < expected) {
      this.#size = actual
      throw noRoom(place, `found ${actual} of ${expected} bytes`)
    }
    this.#hasGrown = false
  }

  /** A write that failed may have made the file longer all the same. */
  #learnSize(): void {
    try {
      this.#size = this.#handle.getSize()
    } catch {
      // Its own failure is the one to report.
    }
  }

  #call<T>(doing: string | Place, action: () => T): T {
    try {
      return action()
    } catch (error) {
      throw thrown(typeof doing === 'string' ? this.#place(doing) : doing, error)
    }
  }

  #place(operation: string, position?: number): Place {
    const file = this.name ?? this.#physicalName
    return position === undefined ? { operation, file } : { operation, file, position }
  }
}

/** Whether something thrown says what it is: one browser throws what has no name where the quota is used up. */
function isNamed(error: unknown): boolean {
  return error instanceof Error || (typeof error === 'object' && error !== null && 'name' in error)
}
