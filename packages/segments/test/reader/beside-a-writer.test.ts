import type { LogFile, LogStorage } from '@varve/storage'
import { memoryDisk, memoryStorage } from '@varve/storage-memory'
import { openLogSync, type SynchronousLog } from '@varve/segments'
import { describe, expect, it } from 'vitest'

const geometry = { segmentBytes: 8192, blockBytes: 128, readBytes: 4096 }

/** A storage that calls `before` ahead of every read. */
function interrupted(storage: LogStorage, before: () => void): LogStorage {
  return Object.assign(Object.create(storage) as LogStorage, {
    open(name: string, mode: 'create' | 'existing' | 'read'): LogFile {
      const file = storage.open(name, mode) as LogFile
      return Object.assign(Object.create(file) as LogFile, {
        size: () => file.size(),
        close: () => file.close(),
        read(target: Uint8Array<ArrayBuffer>, position: number) {
          before()
          return file.read(target, position)
        },
      })
    },
    list: () => storage.list(),
    capabilities: storage.capabilities,
  })
}

function appendSome(log: SynchronousLog, count: number): void {
  for (let at = 0; at < count; at += 1) log.appendSync(new Uint8Array(60).fill(at))
}

describe('a log opened for reading beside its writer', () => {
  it('never takes what the writer does meanwhile for damage, whichever read it falls on', () => {
    let seenLater = 0
    for (let interruptedRead = 0; interruptedRead < 12; interruptedRead += 1) {
      const disk = memoryDisk()
      const writer = openLogSync({ storage: memoryStorage({ disk }), ...geometry })
      appendSome(writer, 20)
      let reads = 0
      const storage = interrupted(memoryStorage({ disk }), () => {
        if (reads === interruptedRead) appendSome(writer, 150)
        reads += 1
      })
      const reader = openLogSync({ storage, ...geometry, readOnly: true })
      expect(reader.recovery.damage).toEqual([])
      const sequences = [...reader.readSync()].map(({ sequence }) => sequence)
      expect(sequences).toEqual(Array.from({ length: sequences.length }, (_, at) => at + 1))
      expect(sequences.length).toBeGreaterThanOrEqual(20)
      if (sequences.length > 20) seenLater += 1
      reader.closeSync()
      writer.closeSync()
    }
    expect(seenLater).toBeGreaterThan(0)
  })

  it('still reports damage to what had been durable', () => {
    const disk = memoryDisk()
    const writer = openLogSync({ storage: memoryStorage({ disk }), ...geometry })
    appendSome(writer, 20)
    const storage = memoryStorage({ disk })
    const [name] = storage.list() as string[]
    const file = storage.open(name as string, 'existing') as LogFile
    void file.write(Uint8Array.of(0xff), 128 + 5 * 104 + 50)
    void file.close()
    const reader = openLogSync({ storage, ...geometry, readOnly: true })
    expect(reader.recovery.damage).toMatchObject([{ row: 'last.below-durable-end', position: 128 + 5 * 104 }])
    reader.closeSync()
    writer.closeSync()
  })
})
