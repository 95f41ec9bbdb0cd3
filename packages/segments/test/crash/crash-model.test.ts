import { describe, expect, it } from 'vitest'
import { settledContent, type CrashContent } from '../support/crash-content.ts'
import { digestOf } from '../support/crash-digest.ts'
import { CrashDisk } from '../support/crash-disk.ts'
import { afterPowerLoss, type PowerLoss } from '../support/crash-outcomes.ts'
import { sectorBytes } from '../support/crash-sector.ts'
import { CrashSignal, CrashStorage } from '../support/crash-storage.ts'

const usual: PowerLoss = { limit: 1000, holes: 'zeros', seed: 1 }

function bytes(value: number, count = sectorBytes): Uint8Array<ArrayBuffer> {
  return new Uint8Array(count).fill(value)
}

/** A disk with one file of durable sectors that hold 1, and what was done to it. */
function diskWith(sectors: number, work: (content: CrashContent) => void): CrashDisk {
  const content = settledContent(bytes(1, sectors * sectorBytes))
  work(content)
  return new CrashDisk(new Map([['a', content]]))
}

/** What the file may be found as: the first byte of each of its sectors. */
function found(disk: CrashDisk, options: PowerLoss = usual): string[] {
  const images = [...afterPowerLoss(disk, options)].map((image) => {
    const content = image.names.get('a')?.bytes() ?? new Uint8Array(0)
    return Array.from({ length: content.length / sectorBytes }, (_, sector) => content[sector * sectorBytes]).join('')
  })
  return [...new Set(images)].sort()
}

describe('what a loss of power may leave', () => {
  it('any subset of the sectors that were not synced', () => {
    const disk = diskWith(3, (content) => { content.write(bytes(2, 3 * sectorBytes), 0) })
    expect(found(disk)).toEqual(['111', '112', '121', '122', '211', '212', '221', '222'])
  })

  it('any of the contents that a sector had since it was durable', () => {
    const disk = diskWith(1, (content) => {
      for (const value of [2, 3, 4]) content.write(bytes(value), 0)
    })
    expect(found(disk)).toEqual(['1', '2', '3', '4'])
  })

  it('the first bytes of a sector new and the rest old, on a device that tears sectors', () => {
    const disk = diskWith(1, (content) => { content.write(bytes(2), 0) })
    const images = [...afterPowerLoss(disk, { ...usual, tornSectors: true })]
    const left = images.map((image) => image.names.get('a')?.bytes().subarray(0, 2).join(''))
    expect(left).toEqual(['11', '21', '22'])
  })

  it('everything that a sync covered, and nothing else for certain', () => {
    const disk = diskWith(2, (content) => {
      content.write(bytes(2), 0)
      content.sync()
      content.write(bytes(3), sectorBytes)
    })
    expect(found(disk)).toEqual(['21', '23'])
  })

  it('exactly the bytes of a durable write: not what lies before them, nor behind them in their sector', () => {
    const disk = diskWith(2, (content) => {
      content.write(bytes(2, 2 * sectorBytes), 0)
      content.writeDurable(bytes(3, 8), sectorBytes + 8)
    })
    const seen = new Set<string>()
    for (const image of afterPowerLoss(disk, usual)) {
      const left = image.names.get('a')?.bytes() ?? bytes(0)
      seen.add([left[0], left[sectorBytes], left[sectorBytes + 8], left[sectorBytes + 16]].join(''))
    }
    expect([...seen].sort()).toEqual(['1131', '1232', '2131', '2232'])
  })

  it('a new size without the bytes, with zeros in their place or what another file left there', () => {
    const disk = diskWith(1, (content) => { content.write(bytes(2), sectorBytes) })
    expect(found(disk)).toEqual(['1', '10', '12'])
    const other = settledContent(bytes(7, 2 * sectorBytes))
    disk.names.set('b', other)
    expect(found(disk, { ...usual, holes: 'garbage' })).toEqual(['1', '12', '17'])
  })

  it('an old size or a new one after a cut', () => {
    expect(found(diskWith(3, (content) => { content.resize(sectorBytes) }))).toEqual(['1', '111'])
  })

  it('durable bytes damaged beside those that were being written, on a device that does so', () => {
    const disk = diskWith(2, (content) => { content.write(bytes(2), 0) })
    const damaged = String(0xdb)
    const images = found(disk, { ...usual, damagedBlockBytes: 2 * sectorBytes })
    expect(images).toEqual(['11', '21', damaged + damaged])
  })

  it('a sample of bounded size, with everything and nothing in it, where there are too many', () => {
    const disk = diskWith(40, (content) => { content.write(bytes(2, 40 * sectorBytes), 0) })
    const images = [...afterPowerLoss(disk, { ...usual, limit: 50 })]
    expect(images).toHaveLength(50)
    const sample = found(disk, { ...usual, limit: 50 })
    expect(sample).toEqual(expect.arrayContaining(['1'.repeat(40), '2'.repeat(40), `1${'2'.repeat(39)}`]))
    expect(found(disk, { ...usual, limit: 50 })).toEqual(sample)
    expect(found(disk, { ...usual, limit: 50, seed: 2 })).not.toEqual(sample)
  })
})

describe('what a failed sync leaves', () => {
  const fail = (outcome: 'clean' | 'reverts' | 'dirty'): CrashDisk =>
    diskWith(1, (content) => {
      content.write(bytes(2), 0)
      content.failSync(outcome)
    })
  const file = (disk: CrashDisk): CrashContent => disk.names.get('a') as CrashContent

  it('clean: bytes that can be read and that no later sync writes, unless they are written again', () => {
    const disk = fail('clean')
    expect(file(disk).bytes()).toEqual(bytes(2))
    file(disk).sync()
    expect(found(disk)).toEqual(['1', '2'])
    file(disk).write(bytes(2), 0)
    file(disk).sync()
    expect(found(disk)).toEqual(['2'])
  })

  it('reverts: the bytes that were durable', () => {
    expect(file(fail('reverts')).bytes()).toEqual(bytes(1))
  })

  it('dirty: bytes that a later sync writes', () => {
    const disk = fail('dirty')
    file(disk).sync()
    expect(found(disk)).toEqual(['2'])
  })
})

describe('what becomes of names', () => {
  const names = (disk: CrashDisk): string[] =>
    [...new Set([...afterPowerLoss(disk, usual)].map((image) => [...image.names.keys()].sort().join('+')))].sort()

  it('a rename that is not durable is undone, done, or comes apart', () => {
    const disk = diskWith(1, () => undefined)
    disk.rename('a', 'b')
    expect(names(disk)).toEqual(['', 'a', 'a+b', 'b'])
    disk.syncNames()
    expect(names(disk)).toEqual(['b'])
  })

  it('a create is lost or not, a remove is undone or not, each apart from the other', () => {
    const disk = diskWith(1, () => undefined)
    disk.create('b')
    disk.remove('a')
    expect(names(disk)).toEqual(['', 'a', 'a+b', 'b'])
  })

  it('the generation of a lock is a name that is lost with the others', () => {
    const disk = new CrashDisk()
    new CrashStorage(disk).lock()
    expect([...afterPowerLoss(disk, usual)].map(({ generation }) => generation)).toEqual([0])
    disk.syncNames()
    expect([...afterPowerLoss(disk, usual)].map(({ generation }) => generation)).toEqual([1])
  })
})

describe('a process that dies', () => {
  it('does not do the operation, nor any after it, and leaves what was written', () => {
    const disk = diskWith(1, () => undefined)
    const storage = new CrashStorage(disk, {
      before: (_operation, number) => (number === 1 ? { kind: 'crash', landedBytes: 32 } : undefined),
    })
    const open = storage.open('a', 'existing')
    void open.write(bytes(2, 32), 0)
    expect(() => open.write(bytes(3), 0)).toThrow(CrashSignal)
    for (const operation of [() => open.size(), () => open.sync(), () => storage.list(), () => storage.lock()]) {
      expect(operation).toThrow(CrashSignal)
    }
    const left = disk.clone().names.get('a')?.bytes() ?? bytes(0)
    expect([left[0], left[31], left[32]]).toEqual([3, 3, 1])
  })

  it('copies of a disk go their own ways and are told apart', () => {
    const disk = diskWith(2, (content) => { content.write(bytes(2), 0) })
    const copy = disk.clone()
    expect(digestOf(copy)).toBe(digestOf(disk))
    copy.names.get('a')?.sync()
    expect(digestOf(copy)).not.toBe(digestOf(disk))
    expect(found(disk)).toEqual(['11', '21'])
    expect(found(copy)).toEqual(['21'])
  })
})
