import { describe, expect, it } from 'vitest'
import { bytes, faces, named } from './support/programs.ts'
import { TracedStorage } from './support/traced-storage.ts'

/** The lines that change something on the disk, with short names; a MARK is a hint that nothing waits for. */
function steps(lines: readonly string[]): string[] {
  return lines
    .filter((line) => /^(create|write|sync|rename|remove|syncNames)/.test(line) && !line.endsWith(': mark'))
    .map((line) => line.replaceAll(/0{8,15}/g, ''))
}

describe.each(faces)('the steps of a publish, %s', (face, open) => {
  const isAsync = face === 'asynchronous'

  it('overtake each other nowhere', async () => {
    const disk = new TracedStorage({ isAsync })
    const lazily = { durability: 'async', async: { maxUnsyncedMs: 3_600_000 } } as const
    const program = await open({ storage: disk.storage, ...lazily }, { keep: 1 })
    await program.append(1, 2600)
    await program.publish(bytes('one'))
    await program.append(2, 2600)
    await program.append(1, 10)
    disk.lines.length = 0
    await program.publish([new Uint8Array(65_536), bytes('four')])
    const [active, ...rest] = [...program.log.segments].map(({ name }) => name.replaceAll(/0{8,15}/g, ''))
    expect(rest).toEqual([])
    expect(steps(disk.lines)).toEqual([
      // The records.
      `sync ${active}`,
      // The file: header, two chunks, the end.
      'create 4.checkpoint.new',
      'write 4.checkpoint.new',
      'write 4.checkpoint.new',
      'write 4.checkpoint.new',
      'write 4.checkpoint.new',
      'sync 4.checkpoint.new',
      // Its name.
      'rename 4.checkpoint.new to 4.checkpoint',
      'syncNames',
      // The list.
      `write ${active}: checkpoint`,
      `sync ${active}`,
      // The floor.
      `write ${active}: checkpoint floor`,
      `sync ${active}`,
      // The segments, oldest first.
      'remove 00000001-1.varve',
      'syncNames',
      'remove 00000002-2.varve',
      'syncNames',
      // And last what is not listed any more.
      'remove 1.checkpoint',
      'syncNames',
    ])
    expect(disk.checkpointFiles).toEqual([named(4)])
    await program.close()
  })

  it('begin with the records, in every mode', async () => {
    for (const durability of ['sync', 'group'] as const) {
      const disk = new TracedStorage({ isAsync })
      const program = await open({ storage: disk.storage, durability })
      program.log.enqueue(bytes('record'))
      disk.lines.length = 0
      const published = program.publish(bytes('state'))
      await published
      const done = steps(disk.lines)
      expect(done.findIndex((line) => line.startsWith('create'))).toBeGreaterThan(done.indexOf('sync 00000001-1.varve'))
      expect(done.indexOf('sync 00000001-1.varve')).toBeGreaterThanOrEqual(0)
      await program.close()
    }
  })
})
