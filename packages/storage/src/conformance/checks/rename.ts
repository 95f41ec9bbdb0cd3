import { pattern } from '../bytes.ts'
import type { CheckDefinition } from '../definition.ts'

export const renameChecks: readonly CheckDefinition[] = [
  {
    id: 'rename.moves',
    title: 'rename gives the file its new name and takes the old one',
    contract: 'rename: atomic, replaces to',
    async run(bench) {
      const { storage } = bench
      await bench.put('a', pattern(5000))
      await storage.rename('a', 'b')
      bench.sameNames(await storage.list(), ['b'])
      bench.sameBytes(await bench.contentsOf('b'), pattern(5000), 'the renamed file')
      await bench.fails('open(a) after its rename', 'NOT_FOUND', () => storage.open('a', 'existing'))
    },
  },
  {
    id: 'rename.replaces',
    title: 'rename replaces a file that has the name',
    contract: 'rename: replaces to',
    async run(bench) {
      const { storage } = bench
      await bench.put('a', pattern(10))
      await bench.put('b', pattern(5000, 2))
      await storage.rename('a', 'b')
      bench.sameNames(await storage.list(), ['b'])
      bench.sameBytes(await bench.contentsOf('b'), pattern(10), 'the file that replaced another')
    },
  },
  {
    id: 'rename.missing',
    title: 'rename of a missing file fails with NOT_FOUND and leaves the other alone',
    contract: 'NOT_FOUND when there is none',
    async run(bench) {
      const { storage } = bench
      await bench.put('b', pattern(10))
      await bench.fails('rename of a missing file', 'NOT_FOUND', () => storage.rename('a', 'b'))
      bench.sameBytes(await bench.contentsOf('b'), pattern(10), 'the file that was not replaced')
    },
  },
  {
    id: 'remove.removes',
    title: 'remove takes the file away',
    contract: 'removes a closed file',
    async run(bench) {
      const { storage } = bench
      await bench.put('a', pattern(10))
      await bench.put('b', pattern(10, 2))
      await storage.remove('a')
      bench.sameNames(await storage.list(), ['b'])
      await bench.fails('open(a) after its removal', 'NOT_FOUND', () => storage.open('a', 'read'))
      bench.sameBytes(await bench.contentsOf('b'), pattern(10, 2), 'the other file')
    },
  },
  {
    id: 'remove.missing',
    title: 'remove of a missing file fails with NOT_FOUND',
    contract: 'remove: NOT_FOUND when there is none',
    async run(bench) {
      await bench.put('b')
      await bench.fails('remove of a missing file', 'NOT_FOUND', () => bench.storage.remove('a'))
    },
  },
]
