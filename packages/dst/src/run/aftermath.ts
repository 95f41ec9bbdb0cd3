import { FileContent } from '../disk/content.ts'
import { Disk } from '../disk/disk.ts'
import { sectorBytes, unreadableSector, zeroSector, type Sector } from '../disk/sector.ts'
import type { Survival } from '../disk/survival.ts'
import { SurvivalPlan } from '../disk/survival-plan.ts'
import { decayFaults, type DecayFault, type FaultKind } from '../storage/faults.ts'
import type { Decay } from '../system.ts'
import type { Choices } from '../tape/choices.ts'

/** What is left of a disk, and how it came about, for people. */
export interface Aftermath {
  readonly disk: Disk
  readonly notes: readonly string[]
}

/** The power goes: of everything that was not durable, what the choices say is left. */
export function losePower(disk: Disk, survival: Survival, choices: Choices): Aftermath {
  const plan = new SurvivalPlan(disk, survival)
  const chosen = plan.ways.map((ways) => choices.draw(ways, 'survival'))
  return { disk: plan.image(chosen), notes: plan.describe(chosen) }
}

/** Something goes bad on a disk that nobody uses; everything written to it had become durable before. */
export function decay(disk: Disk, faults: readonly FaultKind[], choices: Choices): Decayed | undefined {
  const kinds = decayFaults.filter((kind) => faults.includes(kind))
  const fault = kinds[choices.draw(kinds.length + 1, 'decay') - 1]
  const names = [...disk.names.keys()].sort()
  if (fault === undefined || names.length === 0) return undefined
  const name = names[choices.draw(names.length, 'decay')] as string
  const files = new Map([...disk.names].map(([each, { sectors, size }]) => [each, new FileContent([...sectors], size)]))
  const content = files.get(name) as FileContent
  const contentEnd = (content.sectors.findLastIndex((sector) => !sector.equals(zeroSector)) + 1) * sectorBytes
  files.delete(name)
  const { left, from, to } = spoiled(fault, content, choices)
  if (left !== undefined) files.set(name, left)
  return { disk: new Disk(files, disk.generation), decay: { fault, name, names, from, to, contentEnd } }
}

export interface Decayed {
  readonly disk: Disk
  readonly decay: Decay
}

interface Spoiled extends Pick<Decay, 'from' | 'to'> {
  /** What the file holds then; undefined if it is gone. */
  readonly left: FileContent | undefined
}

function spoiled(fault: DecayFault, content: FileContent, choices: Choices): Spoiled {
  const sectors = [...content.sectors]
  const { size } = content
  if (fault === 'lost-file' || sectors.length === 0) return { left: undefined, from: 0, to: size }
  const at = choices.draw(sectors.length, 'decay')
  const sector = sectors[at] as Sector
  const from = at * sectorBytes
  const one = { from, to: from + sectorBytes }
  const inPlace = (left: Sector): Spoiled => ({ left: new FileContent(sectors.with(at, left), size), ...one })
  switch (fault) {
    case 'cut-file':
      return { left: new FileContent(sectors.slice(0, at), from), from, to: size }
    case 'bit-flip': {
      const bit = choices.draw(sectorBytes * 8, 'decay')
      const byte = Math.floor(bit / 8)
      return inPlace(sector.with(Uint8Array.of((sector.bytes[byte] as number) ^ (1 << (bit % 8))), byte))
    }
    case 'zeroed-sector':
      return inPlace(zeroSector)
    case 'unreadable-sector':
      return inPlace(unreadableSector)
    case 'swapped-sectors': {
      const other = choices.draw(sectors.length, 'decay')
      const swapped = sectors.with(at, sectors[other] as Sector).with(other, sector)
      const [first, last] = [Math.min(at, other), Math.max(at, other)]
      return { left: new FileContent(swapped, size), from: first * sectorBytes, to: (last + 1) * sectorBytes }
    }
  }
}
