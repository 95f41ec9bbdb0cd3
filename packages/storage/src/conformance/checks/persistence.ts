import { concat, pattern } from '../bytes.ts'
import type { CheckDefinition } from '../definition.ts'

export const persistenceChecks: readonly CheckDefinition[] = [
  {
    id: 'persist.contents',
    title: 'what was written is there after the storage was closed and opened again',
    contract: 'sync(): makes all writes that returned before this call durable, and the size',
    async run(bench) {
      const file = await bench.create('a', pattern(100_000))
      await file.write(pattern(10, 2), 200_000)
      await file.sync()
      await file.close()
      await bench.storage.syncNames()
      await bench.storage.close()
      const again = await bench.openStorage()
      bench.sameNames(await again.list(), ['a'])
      const expected = concat(pattern(100_000), new Uint8Array(100_000), pattern(10, 2))
      bench.sameBytes(await bench.contentsOf('a', again), expected, 'the file after opening again')
    },
  },
  {
    id: 'persist.names',
    title: 'creates, renames and removes are there after the storage was closed and opened again',
    contract: 'syncNames(): makes all creates, renames and removes that returned before this call durable',
    async run(bench) {
      const { storage } = bench
      for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) await bench.put(name, pattern(10, index + 1))
      await storage.remove('a')
      await storage.rename('b', 'c')
      await storage.rename('d', 'e')
      await storage.syncNames()
      await storage.close()
      const again = await bench.openStorage()
      bench.sameNames(await again.list(), ['c', 'e'])
      bench.sameBytes(await bench.contentsOf('c', again), pattern(10, 2), 'the file that replaced another')
      bench.sameBytes(await bench.contentsOf('e', again), pattern(10, 4), 'the renamed file')
    },
  },
]
