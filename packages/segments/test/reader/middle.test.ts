import { openLogSync, type SynchronousLog } from '@varve/segments'
import type { LogFile } from '@varve/storage'
import { memoryDisk, memoryStorage, type MemoryDisk } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'

const geometry = { segmentBytes: 262_144, blockBytes: 128 }
const record = (n: number): Uint8Array<ArrayBuffer> => new Uint8Array(1000).fill(n)

function open(disk: MemoryDisk): SynchronousLog {
  return openLogSync({ storage: memoryStorage({ disk }), ...geometry })
}

describe('a reader that enters a segment in the middle', () => {
  it('finds its record in a segment that was cut and has no SEAL', () => {
    const disk = memoryDisk()
    const killed = open(disk)
    for (let n = 1; n <= 100; n += 1) killed.appendSync(record(n))
    const after = memoryDisk(memoryStorage({ disk }).snapshot())
    open(after).closeSync()
    const log = open(after)
    expect(log.segments[0]).toMatchObject({ state: 'cut', sparseIndex: undefined })
    expect(log.getSync(90)?.payload).toEqual(record(90))
    log.closeSync()
  })

  it('finds its record although the SEAL with the index was damaged meanwhile', () => {
    const disk = memoryDisk()
    const log = open(disk)
    for (let n = 1; n <= 300; n += 1) log.appendSync(record(n % 250))
    const [sealed] = log.segments
    if (sealed?.state !== 'sealed') throw new Error('the first segment should have been sealed')
    const file = memoryStorage({ disk }).open(sealed.name, 'existing') as LogFile
    void file.write(Uint8Array.of(0xff), sealed.end + 8)
    void file.close()
    expect(log.getSync(150)?.payload).toEqual(record(150))
    log.closeSync()
  })
})
