import { pattern } from '../bytes.ts'
import type { CheckDefinition } from '../definition.ts'

export const openChecks: readonly CheckDefinition[] = [
  {
    id: 'open.create',
    title: 'create gives an empty file that can be written and read',
    contract: 'create is exclusive and gives an empty file',
    async run(bench) {
      const file = await bench.open('a', 'create')
      bench.equal(await file.size(), 0, 'the size of a new file')
      await file.write(pattern(10), 0)
      bench.sameBytes(await bench.contents(file), pattern(10), 'a new file')
    },
  },
  {
    id: 'open.create-exclusive',
    title: 'create fails with EXISTS when the file is there, and leaves it alone',
    contract: 'create is exclusive',
    async run(bench) {
      const { storage } = bench
      await bench.put('a', pattern(10))
      await bench.fails('open(a, create) of an existing file', 'EXISTS', () => storage.open('a', 'create'))
      bench.sameBytes(await bench.contentsOf('a'), pattern(10), 'the existing file')
    },
  },
  {
    id: 'open.create-after-remove',
    title: 'a file created under the name of a removed one has none of its bytes',
    contract: 'create gives an empty file; resize extends with zeros',
    async run(bench) {
      await bench.put('a', pattern(5000))
      await bench.storage.remove('a')
      const file = await bench.create('a')
      bench.equal(await file.size(), 0, 'the size of a new file')
      await file.resize(5000)
      bench.sameBytes(await bench.contents(file), new Uint8Array(5000), 'the extended new file')
    },
  },
  {
    id: 'open.missing',
    title: 'existing and read fail with NOT_FOUND when there is no such file, and do not create it',
    contract: 'open: NOT_FOUND when mode does not fit what is there',
    async run(bench) {
      const { storage } = bench
      await bench.put('other')
      await bench.fails('open(a, existing) of a missing file', 'NOT_FOUND', () => storage.open('a', 'existing'))
      await bench.fails('open(a, read) of a missing file', 'NOT_FOUND', () => storage.open('a', 'read'))
      bench.sameNames(await storage.list(), ['other'])
    },
  },
  {
    id: 'open.existing',
    title: 'existing keeps the contents, reads and writes',
    contract: 'existing reads and writes',
    async run(bench) {
      await bench.put('a', pattern(10))
      const file = await bench.open('a', 'existing')
      bench.sameBytes(await bench.contents(file), pattern(10), 'a file opened as existing')
      await file.write(pattern(5, 2), 10)
      bench.equal(await file.size(), 15, 'the size after an append')
    },
  },
  {
    id: 'open.read-only',
    title: 'a file opened for reading can be read, and refuses every change with READ_ONLY',
    contract: 'read reads',
    async run(bench) {
      await bench.put('a', pattern(10))
      const file = await bench.open('a', 'read')
      await bench.fails('write', 'READ_ONLY', () => file.write(pattern(3), 0))
      await bench.fails('resize', 'READ_ONLY', () => file.resize(3))
      if (file.writeDurable) await bench.fails('writeDurable', 'READ_ONLY', () => file.writeDurable?.(pattern(3), 0))
      if (file.reserve) await bench.fails('reserve', 'READ_ONLY', () => file.reserve?.(100))
      bench.sameBytes(await bench.contents(file), pattern(10), 'the file after refused changes')
    },
  },
]
