import { concat, pattern } from '../bytes.ts'
import type { CheckDefinition } from '../definition.ts'

const largeBytes = 5 * 2 ** 20 + 3

export const readChecks: readonly CheckDefinition[] = [
  {
    id: 'read.position',
    title: 'a read gives the bytes from its position on',
    contract: 'fills target from position on and returns the number of bytes read',
    async run(bench) {
      const content = pattern(10_000)
      const file = await bench.create('a', content)
      for (const [position, length] of [[0, 10], [1, 1], [4095, 2], [4096, 4096], [9_990, 10]] as const) {
        const target = new Uint8Array(length)
        bench.equal(await file.read(target, position), length, `the count of ${length} bytes at ${position}`)
        bench.sameBytes(target, content.subarray(position, position + length), `${length} bytes at ${position}`)
      }
    },
  },
  {
    id: 'read.short-at-end',
    title: 'a read across the end returns what is there and leaves the rest of the target alone',
    contract: 'returns the number of bytes read; fewer only at the end of the file',
    async run(bench) {
      const content = pattern(100)
      const file = await bench.create('a', content)
      const target = new Uint8Array(50).fill(0xee)
      bench.equal(await file.read(target, 70), 30, 'the count of 50 bytes at 70 of 100')
      const expected = concat(content.subarray(70), new Uint8Array(20).fill(0xee))
      bench.sameBytes(target, expected, 'the target of a read across the end')
    },
  },
  {
    id: 'read.behind-end',
    title: 'a read at the end and behind it returns 0',
    contract: 'returns the number of bytes read; fewer only at the end of the file',
    async run(bench) {
      const file = await bench.create('a', pattern(100))
      const target = new Uint8Array(10).fill(0xee)
      for (const position of [100, 101, 5000, 2 ** 33]) {
        bench.equal(await file.read(target, position), 0, `the count at ${position} of a file of 100 bytes`)
      }
      bench.sameBytes(target, new Uint8Array(10).fill(0xee), 'the target of reads behind the end')
      const empty = await bench.create('empty')
      bench.equal(await empty.read(target, 0), 0, 'the count at 0 of an empty file')
    },
  },
  {
    id: 'read.view',
    title: 'a read fills exactly its target, which may be a part of a larger buffer',
    contract: 'fills target',
    async run(bench) {
      const file = await bench.create('a', pattern(100))
      const buffer = new Uint8Array(64).fill(0xee)
      bench.equal(await file.read(buffer.subarray(20, 40), 10), 20, 'the count of a read into a view')
      const around = new Uint8Array(64).fill(0xee)
      around.set(pattern(100).subarray(10, 30), 20)
      bench.sameBytes(buffer, around, 'the buffer around a view')
    },
  },
  {
    id: 'read.empty-target',
    title: 'a read of no bytes returns 0, wherever',
    contract: 'fills target from position on and returns the number of bytes read',
    async run(bench) {
      const file = await bench.create('a', pattern(100))
      for (const position of [0, 50, 100, 1000]) {
        bench.equal(await file.read(new Uint8Array(0), position), 0, `the count of an empty read at ${position}`)
      }
    },
  },
  {
    id: 'read.large',
    title: 'a read of several MiB is complete',
    contract: 'fewer only at the end of the file',
    async run(bench) {
      const content = pattern(largeBytes)
      const file = await bench.create('a')
      for (let at = 0; at < largeBytes; at += 65_536) await file.write(content.subarray(at, at + 65_536), at)
      const target = new Uint8Array(largeBytes - 1)
      bench.equal(await file.read(target, 1), target.length, `the count of a read of ${target.length} bytes`)
      bench.sameBytes(target, content.subarray(1), 'a large read')
    },
  },
]
