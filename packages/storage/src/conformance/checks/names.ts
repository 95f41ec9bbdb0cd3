import type { CheckDefinition } from '../definition.ts'

const refusedNames = [
  ...['', '.', '..', '.hidden', 'a/b', '/a', '../a', 'a\\b'],
  ...['a b', 'a\0b', 'a\n', 'ä', 'a:b', 'x'.repeat(256)],
]

const plainNames = ['a', 'A1', '0', '_', 'a-b_c.d', '00000001-0000000000000001.varve', 'two..dots', 'n'.repeat(128)]

export const namesChecks: readonly CheckDefinition[] = [
  {
    id: 'names.refused',
    title: 'names that are not plain are refused wherever a name is taken',
    contract: 'file names are plain (A-Z a-z 0-9 . _ -, no leading dot, at most 255); others are INVALID_ARGUMENT',
    async run(bench) {
      const { storage } = bench
      await bench.put('plain')
      for (const name of refusedNames) {
        const quoted = JSON.stringify(name)
        await bench.fails(`open(${quoted}, create)`, 'INVALID_ARGUMENT', () => storage.open(name, 'create'))
        await bench.fails(`open(${quoted}, existing)`, 'INVALID_ARGUMENT', () => storage.open(name, 'existing'))
        await bench.fails(`open(${quoted}, read)`, 'INVALID_ARGUMENT', () => storage.open(name, 'read'))
        await bench.fails(`remove(${quoted})`, 'INVALID_ARGUMENT', () => storage.remove(name))
        await bench.fails(`rename(${quoted}, …)`, 'INVALID_ARGUMENT', () => storage.rename(name, 'other'))
        await bench.fails(`rename(…, ${quoted})`, 'INVALID_ARGUMENT', () => storage.rename('plain', name))
      }
      bench.sameNames(await storage.list(), ['plain'])
    },
  },
  {
    id: 'names.plain',
    title: 'every plain name can be used, of 128 characters at least',
    contract: 'file names are plain (A-Z a-z 0-9 . _ -, no leading dot)',
    async run(bench) {
      for (const name of plainNames) await bench.put(name)
      bench.sameNames(await bench.storage.list(), plainNames)
    },
  },
  {
    id: 'list.names',
    title: 'the listing has every file, once, and nothing else',
    contract: 'list(): the names of all files, in any order',
    async run(bench) {
      const { storage } = bench
      for (const name of ['a', 'b', 'c']) await bench.put(name)
      const open = await bench.create('open')
      bench.sameNames(await storage.list(), ['a', 'b', 'c', 'open'])
      await storage.remove('b')
      await storage.rename('c', 'd')
      bench.sameNames(await storage.list(), ['a', 'd', 'open'])
      await open.close()
    },
  },
  {
    id: 'names.sync',
    title: 'syncNames succeeds, after changes and without',
    contract: 'syncNames(): makes all creates, renames and removes that returned before this call durable',
    async run(bench) {
      const { storage } = bench
      await bench.put('a')
      await storage.syncNames()
      await storage.rename('a', 'b')
      await storage.syncNames()
      await storage.remove('b')
      await storage.syncNames()
      await storage.syncNames()
      bench.sameNames(await storage.list(), [])
    },
  },
]
