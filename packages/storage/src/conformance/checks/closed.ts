import { pattern } from '../bytes.ts'
import type { CheckDefinition } from '../definition.ts'

export const closedChecks: readonly CheckDefinition[] = [
  {
    id: 'closed.file',
    title: 'every method of a closed file fails with CLOSED',
    contract: 'failures are thrown or rejected as VarveError: CLOSED',
    async run(bench) {
      const file = await bench.create('a', pattern(10))
      await file.close()
      await bench.fails('size of a closed file', 'CLOSED', () => file.size())
      await bench.fails('read of a closed file', 'CLOSED', () => file.read(new Uint8Array(1), 0))
      await bench.fails('write to a closed file', 'CLOSED', () => file.write(pattern(1), 0))
      await bench.fails('sync of a closed file', 'CLOSED', () => file.sync())
      await bench.fails('resize of a closed file', 'CLOSED', () => file.resize(1))
      if (file.reserve) await bench.fails('reserve of a closed file', 'CLOSED', () => file.reserve?.(100))
      if (file.writeDurable) {
        await bench.fails('writeDurable to a closed file', 'CLOSED', () => file.writeDurable?.(pattern(1), 0))
      }
      bench.sameBytes(await bench.contentsOf('a'), pattern(10), 'the file after refused calls')
    },
  },
  {
    id: 'closed.storage',
    title: 'every method of a closed storage fails with CLOSED',
    contract: 'close(): further calls fail with CLOSED',
    async run(bench) {
      const { storage } = bench
      await bench.put('a')
      await storage.close()
      await bench.fails('list of a closed storage', 'CLOSED', () => storage.list())
      await bench.fails('open on a closed storage', 'CLOSED', () => storage.open('a', 'existing'))
      await bench.fails('create on a closed storage', 'CLOSED', () => storage.open('b', 'create'))
      await bench.fails('rename on a closed storage', 'CLOSED', () => storage.rename('a', 'b'))
      await bench.fails('remove on a closed storage', 'CLOSED', () => storage.remove('a'))
      await bench.fails('syncNames of a closed storage', 'CLOSED', () => storage.syncNames())
      await bench.fails('lock of a closed storage', 'CLOSED', () => bench.lock(storage))
    },
  },
]
