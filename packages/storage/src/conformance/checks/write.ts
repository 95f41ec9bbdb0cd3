import { concat, pattern } from '../bytes.ts'
import type { CheckDefinition } from '../definition.ts'

const largeBytes = 5 * 2 ** 20 + 3

const notOffsets = [-1, -0.5, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]

export const writeChecks: readonly CheckDefinition[] = [
  {
    id: 'write.large',
    title: 'a write of several MiB is complete',
    contract: 'writes all of source at position, or fails',
    async run(bench) {
      const content = pattern(largeBytes)
      const file = await bench.create('a', content)
      bench.sameBytes(await bench.contents(file), content, 'a large write')
    },
  },
  {
    id: 'write.overwrite',
    title: 'a write in the middle changes its bytes only',
    contract: 'writes all of source at position',
    async run(bench) {
      const content = pattern(10_000)
      const file = await bench.create('a', content)
      await file.write(pattern(100, 2), 5000)
      content.set(pattern(100, 2), 5000)
      bench.sameBytes(await bench.contents(file), content, 'the file around an overwrite')
    },
  },
  {
    id: 'write.gap',
    title: 'a write behind the end fills the gap with zeros',
    contract: 'a write behind the end fills the gap with zeros',
    async run(bench) {
      const file = await bench.create('a', pattern(100))
      await file.write(pattern(10, 2), 9000)
      const expected = concat(pattern(100), new Uint8Array(8900), pattern(10, 2))
      bench.sameBytes(await bench.contents(file), expected, 'a file with a gap')
    },
  },
  {
    id: 'write.view',
    title: 'a write takes exactly its source, which may be a part of a larger buffer',
    contract: 'writes all of source',
    async run(bench) {
      const buffer = pattern(100)
      const file = await bench.create('a')
      await file.write(buffer.subarray(30, 50), 0)
      bench.sameBytes(await bench.contents(file), buffer.slice(30, 50), 'what was written from a view')
    },
  },
  {
    id: 'write.source-released',
    title: 'the caller may use its buffer again once the write has settled',
    contract: 'source is not changed by the log until the call has settled',
    async run(bench) {
      const source = pattern(5000)
      const file = await bench.create('a')
      await file.write(source, 0)
      source.fill(0xee)
      await file.write(source.subarray(0, 10), 5000)
      await file.sync()
      const expected = concat(pattern(5000), source.subarray(0, 10))
      bench.sameBytes(await bench.contents(file), expected, 'what was written before the buffer changed')
    },
  },
  {
    id: 'write.empty',
    title: 'a write of no bytes changes nothing',
    contract: 'writes all of source',
    async run(bench) {
      const file = await bench.create('a', pattern(10))
      await file.write(new Uint8Array(0), 5)
      await file.write(new Uint8Array(0), 10)
      bench.sameBytes(await bench.contents(file), pattern(10), 'the file after empty writes')
    },
  },
  {
    id: 'write.size',
    title: 'the size follows every write and resize at once',
    contract: 'size(); positions and sizes are in bytes',
    async run(bench) {
      const file = await bench.create('a')
      await file.write(pattern(10), 0)
      bench.equal(await file.size(), 10, 'the size after writing 10 bytes at 0')
      await file.write(pattern(10), 5)
      bench.equal(await file.size(), 15, 'the size after writing 10 bytes at 5')
      await file.write(pattern(1), 0)
      bench.equal(await file.size(), 15, 'the size after an overwrite')
      await file.resize(7)
      bench.equal(await file.size(), 7, 'the size after resize(7)')
    },
  },
  {
    id: 'write.positions-refused',
    title: 'positions and sizes that are not safe integers from 0 on are refused',
    contract: 'positions and sizes are in bytes, safe integers',
    async run(bench) {
      const file = await bench.create('a', pattern(10))
      for (const position of notOffsets) {
        await bench.fails(`write at ${position}`, undefined, () => file.write(pattern(3, 2), position))
        await bench.fails(`read at ${position}`, undefined, () => file.read(new Uint8Array(3), position))
        await bench.fails(`resize(${position})`, undefined, () => file.resize(position))
      }
      bench.sameBytes(await bench.contents(file), pattern(10), 'the file after refused calls')
    },
  },
  {
    id: 'write.sync',
    title: 'sync succeeds and changes nothing',
    contract: 'sync(): makes all writes that returned before this call durable, and the size',
    async run(bench) {
      const file = await bench.create('a')
      await file.sync()
      await file.write(pattern(10_000), 0)
      await file.sync()
      await file.sync()
      bench.sameBytes(await bench.contents(file), pattern(10_000), 'the file after a sync')
    },
  },
]
