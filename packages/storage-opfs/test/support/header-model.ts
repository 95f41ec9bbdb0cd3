import { PhysicalFile } from '../../src/physical-file.ts'
import {
  contentStart,
  decodePoolHeader,
  encodePoolHeader,
  headerBytes,
  slotStride,
  type FoundHeader,
} from '../../src/pool-header.ts'
import type { OpfsHandle } from '../../src/platform.ts'
import type { Choose } from './every-way.ts'

/**
 * A model of the device beneath the headers of one physical file, with everything that may go wrong:
 *
 * - a copy that was written and not flushed survives a loss of power, or does not, or is torn;
 * - a flush that fails leaves each copy written, torn, or *clean and not on the disk*: it can be read, and no later
 *   flush writes it. So does a write-back between two processes, which nobody hears of;
 * - what is clean may be dropped from the cache at any time: then the disk shows through.
 */
interface Slot {
  readonly cache: FoundHeader
  readonly disk: FoundHeader
  readonly isDirty: boolean
}

/** What is between two processes. */
export interface Between {
  readonly slots: readonly Slot[]
  /** The names that the file may have: one, unless a change was under way or has failed. `''` is none. */
  readonly allowed: readonly string[]
}

/** How much is tried within one process. */
export interface Effort {
  /** Changes of the name that are tried. */
  readonly changes: number
  /** Flushes that may fail in one process. */
  readonly failures: number
}

const names: readonly string[] = ['', 'a', 'b']
const file = 1
const blank: Slot = { cache: 'blank', disk: 'blank', isDirty: false }

/** A file that was never written to. */
export const untouched: Between = { slots: [blank, blank, blank], allowed: [''] }

/** Thrown to end a process wherever it is. */
const crash = new Error('the process ends here')

/**
 * One process on the file, from its opening to its end; `choose` plays the accidents.
 *
 * @throws Error when a name is found that a promise rules out.
 */
export function oneLife(before: Between, effort: Effort, choose: Choose): Between {
  const device = new Device(before.slots, effort.failures, choose)
  let allowed = new Set(before.allowed)
  const commit = (physical: PhysicalFile, name: string): void => {
    allowed.add(name)
    const claim = { name: name === '' ? undefined : name, isSettled: false }
    generation += 1
    physical.commit(generation, claim)
    allowed = new Set([name])
    generation += 1
    physical.confirm(generation, claim)
  }
  const change = (physical: PhysicalFile, name: string | undefined): void => {
    // As the pool does: what is not proven is said again, before anything else is said.
    const { current, isProven } = physical.slots
    if (current !== undefined && !isProven) commit(physical, physical.name ?? '')
    if (name !== undefined) commit(physical, name)
  }
  let generation = 0
  try {
    const physical = new PhysicalFile(file, 'pool-00000001', device, 0)
    generation = physical.slots.current?.generation ?? 0
    const found = physical.name ?? ''
    if (!allowed.has(found)) throw new Error(`'${found}' was found, where '${[...allowed].join("' or '")}' has to be`)
    for (let round = 0; round < effort.changes; round += 1) {
      const others = names.filter((name) => name !== physical.name)
      try {
        change(physical, others[choose(others.length)])
      } catch (error) {
        if (error === crash) throw error
        // A flush that failed: this process may try something else.
        if (choose(2) === 0) break
      }
    }
  } catch (error) {
    if (error !== crash) throw error
  }
  return { slots: device.end(), allowed: [...allowed].sort() }
}

class Device implements OpfsHandle {
  readonly #slots: Slot[]
  readonly #choose: Choose
  #failuresLeft: number

  constructor(slots: readonly Slot[], failures: number, choose: Choose) {
    this.#choose = choose
    this.#failuresLeft = failures
    this.#slots = slots.map((slot) => {
      const isHollow = !slot.isDirty && textOf(slot.cache) !== textOf(slot.disk)
      return isHollow && choose(2) === 1 ? { ...slot, cache: slot.disk } : slot
    })
  }

  getSize(): number { return contentStart }
  truncate(): void {}
  close(): void {}

  read(target: Uint8Array<ArrayBuffer>, { at }: { readonly at: number }): number {
    const slot = at / slotStride
    target.set(bytesOf(this.#slots[slot]?.cache ?? 'blank', slot))
    return target.length
  }

  write(source: Uint8Array<ArrayBuffer>, { at }: { readonly at: number }): number {
    this.#mayCrash()
    const slot = at / slotStride
    const cache = decodePoolHeader(source, file, slot)
    this.#slots[slot] = { cache, disk: this.#slots[slot]?.disk ?? 'blank', isDirty: true }
    return source.length
  }

  flush(): void {
    this.#mayCrash()
    const fails = this.#failuresLeft > 0 && this.#choose(2) === 1
    if (fails) this.#failuresLeft -= 1
    this.#eachDirty(({ cache, disk }) => {
      const outcome = fails ? this.#choose(3) : 0
      return { cache, disk: [cache, disk, 'invalid' as const][outcome] ?? cache, isDirty: false }
    })
    if (fails) throw new DOMException('the device failed', 'InvalidStateError')
  }

  /** The process ends, or the power goes. */
  end(): readonly Slot[] {
    const isPowerLost = this.#choose(2) === 1
    this.#eachDirty((slot) => {
      const { cache, disk } = slot
      if (!isPowerLost) return this.#choose(2) === 1 ? { cache, disk, isDirty: false } : slot
      const left = [disk, cache, 'invalid' as const][this.#choose(3)] ?? disk
      return { cache: left, disk: left, isDirty: false }
    })
    if (!isPowerLost) return this.#slots
    return this.#slots.map(({ disk }) => ({ cache: disk, disk, isDirty: false }))
  }

  #eachDirty(change: (slot: Slot) => Slot): void {
    for (const [at, slot] of this.#slots.entries()) if (slot.isDirty) this.#slots[at] = change(slot)
  }

  #mayCrash(): void {
    if (this.#choose(2) === 1) throw crash
  }
}

function bytesOf(found: FoundHeader, slot: number): Uint8Array<ArrayBuffer> {
  if (found === 'blank') return new Uint8Array(headerBytes)
  return found === 'invalid' ? new Uint8Array(headerBytes).fill(0xff) : encodePoolHeader(found, file, slot)
}

function textOf(found: FoundHeader): string {
  return typeof found === 'string' ? found : `${found.generation}${found.isConfirmed ? '!' : ''}${found.name ?? ''}`
}

/**
 * One state for all that differ in nothing that counts: how far apart generations are, beyond which is higher and which
 * follows which; which slot is which; which name is which.
 */
export function canonical(state: Between): { readonly key: string; readonly state: Between } {
  const ranked = withRanks(state)
  let least: { readonly key: string; readonly state: Between } | undefined
  for (const renaming of renamings) {
    const map = (found: FoundHeader): FoundHeader => {
      if (typeof found === 'string') return found
      const name = renaming[names.indexOf(found.name ?? '')]
      return { ...found, name: name === '' ? undefined : name }
    }
    const slots = ranked.slots
      .map(({ cache, disk, isDirty }) => ({ cache: map(cache), disk: map(disk), isDirty }))
      .sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
    const allowed = ranked.allowed.map((name) => renaming[names.indexOf(name)] ?? '').sort()
    const key = `${slots.map(keyOf).join(' ')} ${allowed.join('|')}`
    if (least === undefined || key < least.key) least = { key, state: { slots, allowed } }
  }
  return least ?? { key: '', state }
}

/** No name is what a blank file has, so it stays what it is. */
const renamings: readonly (readonly string[])[] = [['', 'a', 'b'], ['', 'b', 'a']]

function withRanks({ slots, allowed }: Between): Between {
  const found = slots.flatMap(({ cache, disk }) => [cache, disk])
  const generations = new Set(found.flatMap((header) => (typeof header === 'string' ? [] : [header.generation])))
  const ranks = new Map<number, number>()
  let last = 0
  let rank = 0
  for (const generation of [...generations].sort((one, other) => one - other)) {
    rank += Math.min(2, generation - last)
    last = generation
    ranks.set(generation, rank)
  }
  const map = (header: FoundHeader): FoundHeader =>
    typeof header === 'string' ? header : { ...header, generation: ranks.get(header.generation) ?? 0 }
  return { allowed, slots: slots.map(({ cache, disk, isDirty }) => ({ cache: map(cache), disk: map(disk), isDirty })) }
}

function keyOf({ cache, disk, isDirty }: Slot): string {
  return `${textOf(cache)}/${textOf(disk)}${isDirty ? '*' : ''}`
}
