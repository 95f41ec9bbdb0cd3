import { describe, expect, it } from 'vitest'
import { Disk, sameBytes, sectorBytes, settledContent, SimulatedStorage, SurvivalPlan } from '../src/index.ts'
import { anything, bytes, diskWith, found, foundNames, images } from './support/images.ts'

describe('what a loss of power may leave, where anything may be in any order', () => {
  it('any subset of the sectors that were not synced', () => {
    const disk = diskWith(3, (content, stamp) => { content.write(bytes(2, 3 * sectorBytes), 0, stamp()) })
    expect(found(disk)).toEqual(['111', '112', '121', '122', '211', '212', '221', '222'])
  })

  it('any of the contents that a sector had since it was durable', () => {
    const disk = diskWith(1, (content, stamp) => {
      for (const value of [2, 3, 4]) content.write(bytes(value), 0, stamp())
    })
    expect(found(disk)).toEqual(['1', '2', '3', '4'])
  })

  it('the first bytes of a sector new and the rest old, on a device that tears sectors', () => {
    const disk = diskWith(1, (content, stamp) => { content.write(bytes(2), 0, stamp()) })
    const left = images(disk, { ...anything, tears: 3 }).map((image) => image.names.get('a')?.bytes().join('') ?? '')
    expect(left.map((text) => text.lastIndexOf('2') + 1)).toEqual([0, 1, 22, 43, 64])
  })

  it('everything that a sync covered, and nothing else for certain', () => {
    const disk = diskWith(2, (content, stamp) => {
      content.write(bytes(2), 0, stamp())
      content.sync()
      content.write(bytes(3), sectorBytes, stamp())
    })
    expect(found(disk)).toEqual(['21', '23'])
  })

  it('exactly the bytes of a durable write: not what lies before them, nor behind them in their sector', () => {
    const disk = diskWith(2, (content, stamp) => {
      content.write(bytes(2, 2 * sectorBytes), 0, stamp())
      content.writeDurable(bytes(3, 8), sectorBytes + 8, stamp())
      content.writeDurable(new Uint8Array(0), 0, stamp())
    })
    const seen = images(disk).map((image) => {
      const left = image.names.get('a')?.bytes() ?? bytes(0)
      return [left[0], left[sectorBytes], left[sectorBytes + 8], left[sectorBytes + 16]].join('')
    })
    expect([...new Set(seen)].sort()).toEqual(['1131', '1232', '2131', '2232'])
  })

  it('a durable write behind the end takes the size with it, whatever becomes of the bytes before', () => {
    const disk = diskWith(1, (content, stamp) => {
      content.write(bytes(2), sectorBytes, stamp())
      content.writeDurable(bytes(3), 3 * sectorBytes, stamp())
    })
    expect(found(disk)).toEqual(['1003', '1203'])
  })

  it('a new size without the bytes, with zeros in their place or what another file left there', () => {
    const disk = diskWith(1, (content, stamp) => { content.write(bytes(2), sectorBytes, stamp()) })
    expect(found(disk)).toEqual(['1', '10', '12'])
    expect(found(disk, { ...anything, holes: 'garbage' })).toEqual(['1', '12', '1219'])
    disk.names.set('b', settledContent(bytes(7, 2 * sectorBytes)))
    expect(found(disk, { ...anything, holes: 'garbage' })).toEqual(['1', '12', '17'])
  })

  it('no size before its data, on a file system that sees to that', () => {
    const disk = diskWith(1, (content, stamp) => { content.write(bytes(2, 2 * sectorBytes), sectorBytes, stamp()) })
    expect(found(disk, { ...anything, sizes: 'after-data' })).toEqual(['1', '12', '122'])
  })

  it('an old size or a new one after a cut', () => {
    expect(found(diskWith(3, (content, stamp) => { content.resize(sectorBytes, stamp()) }))).toEqual(['1', '111'])
  })

  it('durable bytes damaged beside those that were being written, on a device that does so', () => {
    const disk = diskWith(2, (content, stamp) => { content.write(bytes(2), 0, stamp()) })
    const damaged = String(0xdb)
    expect(found(disk, { ...anything, damagedBlockBytes: 2 * sectorBytes })).toEqual(['11', '21', damaged + damaged])
    const behind = diskWith(1, (content, stamp) => { content.write(bytes(2), sectorBytes, stamp()) })
    expect(found(behind, { ...anything, damagedBlockBytes: sectorBytes })).toEqual(['1', '10', '12'])
  })

  it('tells the many ways of a large file apart as well', () => {
    const disk = diskWith(60, (content, stamp) => { content.write(bytes(2, 60 * sectorBytes), 0, stamp()) })
    const plan = new SurvivalPlan(disk, anything)
    const oneMissing = plan.image(plan.ways.map((ways, at) => (at === 7 ? 0 : ways - 1)))
    const all = oneMissing.names.get('a')?.bytes() ?? bytes(0)
    expect([all[0], all[7 * sectorBytes], all[59 * sectorBytes]]).toEqual([2, 1, 2])
  })
})

describe('what is left together, where order is kept', () => {
  const twoFiles = (): Disk => {
    const disk = diskWith(2, (content, stamp) => { content.write(bytes(2), 0, stamp()) })
    const other = disk.create('b')
    other.write(bytes(7), 0, disk.stamp())
    disk.names.get('a')?.write(bytes(3), sectorBytes, disk.stamp())
    return disk
  }
  const seen = (survival: typeof anything): string[] =>
    images(twoFiles(), survival)
      .map(({ names }) => [...names].map(([name, file]) => `${name}${file.bytes()[0] ?? ''}${file.bytes()[64] ?? ''}`))
      .map((files) => files.sort().join(' '))
      .filter((text, at, all) => all.indexOf(text) === at)

  it('of each file, what was written up to some moment', () => {
    const left = seen({ ...anything, order: 'file' })
    expect(left).toContain('a23 b')
    expect(left).toContain('a11 b7')
    expect(left.some((text) => text.startsWith('a13'))).toBe(false)
  })

  it('of the disk, everything up to some moment', () => {
    expect(seen({ ...anything, order: 'disk' })).toEqual(['a11', 'a21', 'a21 b', 'a21 b7', 'a23 b7'])
    expect(new SurvivalPlan(new Disk(), { ...anything, order: 'disk' }).image([]).names.size).toBe(0)
  })

  it('of the names, all changes up to some moment', () => {
    const disk = diskWith(1, () => undefined)
    disk.create('b')
    disk.remove('a')
    expect(foundNames(disk, { ...anything, names: 'ordered' })).toEqual(['a', 'a+b', 'b'])
  })
})

describe('what becomes of names, where they keep no order', () => {
  it('a rename that is not durable is undone, done, or comes apart', () => {
    const disk = diskWith(1, () => undefined)
    disk.rename('a', 'b')
    expect(foundNames(disk)).toEqual(['', 'a', 'a+b', 'b'])
    expect(foundNames(disk, { ...anything, renames: 'atomic' })).toEqual(['a', 'b'])
    disk.syncNames()
    expect(foundNames(disk)).toEqual(['b'])
  })

  it('a create is lost or not, a remove is undone or not, each apart from the other', () => {
    const disk = diskWith(1, () => undefined)
    disk.create('b')
    disk.remove('a')
    expect(foundNames(disk)).toEqual(['', 'a', 'a+b', 'b'])
  })

  it('the generation of a lock is a name that is lost with the others', () => {
    const disk = new Disk()
    new SimulatedStorage(disk).lock()
    expect(images(disk).map(({ generation }) => generation)).toEqual([0])
    disk.syncNames()
    expect(images(disk).map(({ generation }) => generation)).toEqual([1])
  })
})

describe('what people are told of it', () => {
  it('names what did not survive, and says nothing of what did', () => {
    const disk = diskWith(2, (content, stamp) => { content.write(bytes(2, 3 * sectorBytes), 0, stamp()) })
    disk.rename('a', 'b')
    disk.create('c')
    const plan = new SurvivalPlan(disk, { ...anything, tears: 1, damagedBlockBytes: 2 * sectorBytes })
    const told = (chosen: readonly number[]): string => plan.describe(chosen).join('; ')
    const everything = plan.ways.map((ways) => ways - 1)
    expect(told(everything)).toBe('b: sectors 0 to 1 were damaged on the way')
    expect(told([0, 0, 0, 0, 1, 0, 0])).toBe(
      'rename a to b: undone; create c: undone; b: size 128, not 192; b: sector 0: as it was before; ' +
        'b: sector 1: torn, the first bytes new and the rest old; b: sector 2: as it was before',
    )
    expect(told([1, 1, 1, 2, 2, 2, 0])).toBe('rename a to b: the old name is gone, the new one is not there')
    expect(told([2, 1, 1, 2, 2, 2, 0])).toBe('rename a to b: both names are there')
    disk.names.get('b')?.write(bytes(4), 0, disk.stamp())
    disk.remove('b')
    const removed = new SurvivalPlan(disk, anything).describe([3, 1, 0, 1, 1, 1, 1])
    expect(removed).toEqual(['remove b: undone', 'a file that had been removed: sector 0: an earlier version'])
  })

  it('counts what survived where order is kept', () => {
    const disk = diskWith(1, (content, stamp) => { content.write(bytes(2), 0, stamp()) })
    disk.create('b')
    expect(new SurvivalPlan(disk, { ...anything, order: 'disk' }).describe([1])).toEqual([
      'only the first 1 of 2 changes survived',
    ])
    expect(new SurvivalPlan(disk, { ...anything, order: 'disk' }).describe([2])).toEqual([])
    const ordered = new SurvivalPlan(disk, { ...anything, order: 'file', names: 'ordered' })
    expect(ordered.describe([0, 0])).toEqual([
      'only the first 0 of 1 changes of names survived',
      'a: only the first 0 of 1 changes of the file survived',
    ])
  })
})

describe('what a failed sync leaves', () => {
  const fail = (outcome: 'clean' | 'reverts' | 'dirty'): Disk =>
    diskWith(1, (content, stamp) => {
      content.write(bytes(2), 0, stamp())
      content.failSync(outcome)
    })

  it('clean: bytes that can be read and that no later sync writes, unless they are written again', () => {
    const disk = fail('clean')
    const content = disk.names.get('a')
    expect(content?.bytes()).toEqual(bytes(2))
    content?.sync()
    expect(found(disk)).toEqual(['1', '2'])
    content?.write(bytes(2), 0, disk.stamp())
    content?.sync()
    expect(found(disk)).toEqual(['2'])
  })

  it('clean: a size that a later sync makes durable, with zeros for the bytes that it does not', () => {
    const disk = diskWith(1, (content, stamp) => {
      content.write(bytes(2, 2 * sectorBytes), sectorBytes, stamp())
      content.failSync('clean')
      content.sync()
    })
    expect(found(disk)).toEqual(['100', '102', '120', '122'])
    disk.names.get('a')?.write(bytes(3), 2 * sectorBytes, disk.stamp())
    disk.names.get('a')?.sync()
    expect(found(disk)).toEqual(['103', '123'])
    const grown = diskWith(1, (content, stamp) => {
      content.write(bytes(2), sectorBytes, stamp())
      content.failSync('clean')
      content.write(bytes(3), 2 * sectorBytes, stamp())
      content.sync()
    })
    expect(found(grown)).toEqual(['103', '123'])
  })

  it('reverts: the bytes that were durable', () => {
    expect(fail('reverts').names.get('a')?.bytes()).toEqual(bytes(1))
  })

  it('dirty: bytes that a later sync writes', () => {
    const disk = fail('dirty')
    disk.names.get('a')?.sync()
    expect(found(disk)).toEqual(['2'])
  })
})

describe('bytes', () => {
  it('are the same only when there are as many', () => {
    expect([sameBytes(bytes(1, 2), bytes(1, 3)), sameBytes(bytes(1, 2), bytes(1, 2))]).toEqual([false, true])
  })

  it('that are none change nothing', () => {
    const disk = diskWith(1, (content, stamp) => { content.write(new Uint8Array(0), 500, stamp()) })
    expect(found(disk)).toEqual(['1'])
  })
})

describe('copies of a disk', () => {
  it('go their own ways and are told apart', () => {
    const disk = diskWith(2, (content, stamp) => { content.write(bytes(2), 0, stamp()) })
    disk.create('b')
    disk.rename('b', 'c')
    disk.remove('c')
    const copy = disk.clone()
    expect(copy.digest).toBe(disk.digest)
    copy.names.get('a')?.sync()
    expect(copy.digest).not.toBe(disk.digest)
    expect(found(disk)).toEqual(['11', '21'])
    expect(found(copy)).toEqual(['21'])
  })

  it('differ when only what is durable does', () => {
    const [one, other] = [1, 2].map((value) =>
      diskWith(1, (content, stamp) => {
        content.write(bytes(value), 0, stamp())
        content.sync()
        content.write(bytes(5), 0, stamp())
      }),
    )
    expect(one?.digest).not.toBe(other?.digest)
  })
})
