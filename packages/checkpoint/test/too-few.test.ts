import { memoryStorage, type MemoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { bytes, faces, named } from './support/programs.ts'

/** The same log, killed, with the checkpoint of `sequence` damaged. */
function withDamaged(storage: MemoryStorage, sequence: number): MemoryStorage {
  const { files, generation } = storage.snapshot()
  return memoryStorage({ snapshot: { files: new Map(files).set(named(sequence), bytes('damaged')), generation } })
}

describe.each(faces)('as long as there are fewer checkpoints than are kept, %s', (_face, open) => {
  it('no record is given up: a damaged first one costs no state', async () => {
    const storage = memoryStorage()
    const program = await open({ storage })
    await program.append(3, 2600)
    expect(await program.publish(bytes('three'))).toMatchObject({ reclaimed: { floor: 1, removed: [] } })
    const after = await open({ storage: withDamaged(storage, 3) })
    expect(await after.recover()).toMatchObject({
      checkpoint: undefined,
      damaged: [{ sequence: 3, code: 'CORRUPT' }],
      applied: [1, 2, 3],
    })
    await after.close()
    await program.close()
  })

  it('since one was damaged, no more is given up before there are enough again', async () => {
    const storage = memoryStorage()
    const program = await open({ storage })
    for (let round = 1; round <= 3; round += 1) {
      await program.append(1, 2600)
      await program.publish(bytes(`state ${round}`))
    }
    expect(program.log.firstSequence).toBe(3)
    const after = await open({ storage: withDamaged(storage, 2) }, { keep: 3 })
    await after.append(1, 2600)
    expect(await after.publish(bytes('state 4'))).toMatchObject({ kept: [4, 3], reclaimed: { floor: 3 } })
    await after.append(1, 2600)
    expect(await after.publish(bytes('state 5'))).toMatchObject({ kept: [5, 4, 3], reclaimed: { floor: 4 } })
    await after.close()
    await program.close()
  })
})
