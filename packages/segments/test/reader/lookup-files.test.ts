import { describe, expect, it } from 'vitest'
import { quiet } from '../support/log-clock.ts'
import { asked, oneRead } from '../support/log-lookups.ts'
import { failure, watch } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'
import { indexesOf, logOf } from '../support/log-retention.ts'

/** Indexes of the segments that are open for reading: the writer has one of its own, and the spare. */
function kept(openFiles: readonly string[]): number[] {
  return indexesOf(openFiles.filter((name) => !name.startsWith('spare-')).slice(0, -1))
}

const upTo = (last: number, first = 1): number[] => Array.from({ length: last - first + 1 }, (_, n) => first + n)

describe('the files that are kept open', () => {
  it('are sixteen at most, those that were used last', async () => {
    const { disk, log } = await logOf(41)
    for (const n of upTo(16)) await log.get(n)
    expect(kept(disk.openFiles)).toEqual(upTo(16))
    await log.get(1)
    await log.get(17)
    expect(kept(disk.openFiles)).toEqual([1, ...upTo(17, 3)])
    expect(await asked(disk, () => log.get(1))).toEqual(oneRead)
    for (const n of upTo(40)) {
      await log.get(n)
      expect(kept(disk.openFiles).length).toBeLessThanOrEqual(16)
    }
    expect(kept(disk.openFiles)).toEqual(upTo(40, 25))
    await log.close()
    expect([disk.openFiles, disk.offences]).toEqual([[], []])
  })

  it('are sixteen again at most when those are done that read in more of them', async () => {
    const { disk, log } = await logOf(41)
    for (const n of upTo(16)) await log.get(n)
    const holds = upTo(16).map(() => disk.hold('read'))
    const reading = upTo(16).map((n) => log.get(n))
    await Promise.all(holds.map(({ reached }) => reached))
    for (const n of [17, 18, 19]) await log.get(n)
    for (const hold of holds) hold.release()
    expect(await Promise.all(reading)).toMatchObject(upTo(16).map((sequence) => ({ sequence })))
    // What is being read stays.
    expect(await asked(disk, () => log.get(1))).toEqual(oneRead)
    await log.get(20)
    expect(kept(disk.openFiles).length).toBeLessThanOrEqual(16)
    await log.close()
    expect([disk.openFiles, disk.offences]).toEqual([[], []])
  })

  it('are sixteen at most although nothing can be read of any', async () => {
    const { disk, log } = await logOf(31)
    let reads = 0
    // Of each, the SEAL is read, and then no frame.
    disk.failAlways(({ kind, position }) => kind === 'read' && position < 2000 && (reads += 1) > 0, new Error('no'))
    for (const n of upTo(30)) await failure('IO', () => log.get(n))
    expect(reads).toBeGreaterThanOrEqual(30)
    expect(kept(disk.openFiles).length).toBeLessThanOrEqual(16)
    await log.close()
    expect(disk.openFiles).toEqual([])
  })

  it.each([false, true])('are closed before their segment is removed, or renamed (recycled: %s)', async (recycle) => {
    const { disk, log } = await logOf(5, { recycle })
    // Takes the spare, and fills too little to need another one.
    await quiet()
    await log.append(payload(6, 900))
    for (const n of upTo(5)) await log.get(n)
    disk.operations.length = 0
    const report = await log.reclaim(4)
    expect(indexesOf(report.removed)).toEqual([1, 2, 3])
    expect(report.recycled).toHaveLength(recycle ? 1 : 0)
    for (const name of report.removed) {
      const kinds = disk.of((one) => one.name === name).map(({ kind }) => kind)
      expect(kinds[0]).toBe('close')
      expect(['remove', 'rename']).toContain(kinds[1])
    }
    expect(kept(disk.openFiles).slice(0, 2)).toEqual([4, 5])
    await failure('RECLAIMED', () => log.get(3))
    expect(await asked(disk, () => log.get(4))).toEqual(oneRead)
    await log.close()
    expect([disk.openFiles, disk.offences]).toEqual([[], []])
  })

  it('hold their segment only while somebody reads in them', async () => {
    const { disk, log } = await logOf(5)
    await log.get(1)
    const hold = disk.hold('read')
    const got = log.get(1)
    await hold.reached
    expect(indexesOf((await log.reclaim(3)).deferred)).toEqual([1, 2])
    hold.release()
    expect((await got)?.sequence).toBe(1)
    expect(indexesOf((await log.reclaim()).removed)).toEqual([1, 2])
    expect(log.stats().readers).toBe(0)
    await log.close()
  })

  it('are closed before the lock is given back', async () => {
    const { disk, log } = await logOf(5)
    for (const n of upTo(5)) await log.get(n)
    disk.operations.length = 0
    await log.close()
    const kinds = disk.operations.map(({ kind }) => kind)
    expect(kinds.lastIndexOf('close')).toBeLessThan(kinds.indexOf('release'))
    expect(disk.count('close')).toBe(7)
  })

  it('are all closed, and the lock given back, although one cannot be', async () => {
    const { disk, log } = await logOf(5)
    for (const n of upTo(5)) await log.get(n)
    disk.operations.length = 0
    disk.fail('close', new Error('no'))
    await log.close()
    expect([disk.count('close'), disk.count('release')]).toEqual([7, 1])
  })

  it('are kept by nobody when a get comes while the log is closing', async () => {
    const { disk, log } = await logOf(5)
    await log.get(1)
    const hold = disk.hold('open')
    const first = watch(log.get(2))
    await hold.reached
    const second = watch(log.get(3))
    const closed = watch(log.close())
    await quiet()
    expect([closed.state, disk.count('release')]).toEqual(['pending', 0])
    hold.release()
    await quiet()
    expect([first.value?.sequence, second.value?.sequence, closed.state]).toEqual([2, 3, 'resolved'])
    expect(disk.openFiles).toEqual([])
  })
})

it('a file that cannot be closed fails the reclaim that would remove its segment, and nothing else', async () => {
  const { disk, log } = await logOf(20)
  for (const n of [...upTo(16, 2), 1]) await log.get(n)
  disk.fail('close', new Error('no'))
  // The get that made room for itself is not told of it.
  expect(await log.get(17)).toMatchObject({ sequence: 17 })
  disk.fail('close', new Error('no'))
  await failure('IO', () => log.reclaim(3))
  await log.append(payload(1))
  await log.close()
})
