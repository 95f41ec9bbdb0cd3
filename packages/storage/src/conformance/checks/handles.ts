import { concat, pattern } from '../bytes.ts'
import type { CheckDefinition } from '../definition.ts'

export const handleChecks: readonly CheckDefinition[] = [
  {
    id: 'handles.shared',
    title: 'two handles on one file see each other’s changes at once',
    contract: 'reads through other handles may go on meanwhile',
    async run(bench) {
      const writer = await bench.create('a', pattern(100))
      const reader = await bench.open('a', 'read')
      const second = await bench.open('a', 'existing')
      await writer.write(pattern(100, 2), 100)
      bench.sameBytes(await bench.contents(reader), concat(pattern(100), pattern(100, 2)), 'the other handle, appended')
      await second.write(pattern(10, 3), 0)
      const target = new Uint8Array(10)
      bench.equal(await writer.read(target, 0), 10, 'the count of a read through the first handle')
      bench.sameBytes(target, pattern(10, 3), 'the first handle, overwritten through the other')
      await writer.resize(50)
      bench.equal(await reader.size(), 50, 'the size through the other handle after a cut')
    },
  },
  {
    id: 'handles.separate',
    title: 'closing one handle leaves the others open',
    contract: 'close() closes this file handle',
    async run(bench) {
      const writer = await bench.create('a', pattern(100))
      const reader = await bench.open('a', 'read')
      await reader.close()
      await writer.write(pattern(10, 2), 100)
      bench.sameBytes(await bench.contents(writer), concat(pattern(100), pattern(10, 2)), 'the handle still open')
    },
  },
  {
    id: 'handles.read-during-write',
    title: 'a read through another handle during a write sees everything before it intact',
    contract: 'reads through other handles may go on meanwhile',
    async run(bench) {
      const settledBytes = pattern(100_000)
      const writer = await bench.create('a', settledBytes)
      const reader = await bench.open('a', 'read')
      const appended = pattern(2 ** 20, 2)
      const writing = Promise.resolve(writer.write(appended, settledBytes.length))
      const reading: Promise<void>[] = []
      for (let at = 0; at < settledBytes.length; at += 10_000) {
        const target = new Uint8Array(10_000)
        const read = Promise.resolve(reader.read(target, at)).then((count) => {
          bench.equal(count, target.length, `the count at ${at} during a write`)
          bench.sameBytes(target, settledBytes.subarray(at, at + target.length), `the bytes at ${at} during a write`)
        })
        reading.push(read)
      }
      await Promise.all([writing, ...reading])
      bench.sameBytes(await bench.contents(reader), concat(settledBytes, appended), 'the file after the write')
    },
  },
]
