import type { StorageCapabilities } from '../../contract.ts'
import { isThenable } from '../../runtime/procedure.ts'
import type { Bench } from '../bench.ts'
import { pattern } from '../bytes.ts'
import type { CheckDefinition } from '../definition.ts'

const known: Readonly<Record<keyof StorageCapabilities, readonly unknown[]>> = {
  synchronous: [true, false],
  contents: ['device', 'best-effort', 'volatile'],
  names: ['device', 'eventual', 'volatile'],
  lock: ['system', 'advisory', 'process'],
}

export const capabilityChecks: readonly CheckDefinition[] = [
  {
    id: 'capabilities.known',
    title: 'every capability is declared, with a value that the contract knows',
    contract: 'StorageCapabilities: what a storage can promise',
    async run(bench) {
      const declared = (await Promise.resolve(bench.storage.capabilities)) as unknown as Record<string, unknown>
      for (const [name, values] of Object.entries(known)) {
        bench.that(values.includes(declared[name]), `capabilities.${name} is ${String(declared[name])}`)
      }
    },
  },
  {
    id: 'capabilities.synchronous',
    title: 'no method of a synchronous storage ever returns a promise',
    contract: 'synchronous: no method ever returns a promise',
    needs: 'synchronous',
    async run(bench) {
      // Awaiting here is for the bench; each call below is looked at before anything is awaited.
      await bench.put('kept')
      everyMethod(bench)
    },
  },
]

function everyMethod(bench: Bench): void {
  const now = <T>(what: string, value: T | PromiseLike<T>): T => {
    if (!isThenable(value)) return value
    value.then(undefined, () => undefined)
    return bench.fail(`${what} returned a promise`)
  }
  const { storage } = bench
  const lock = now('lock', storage.lock())
  const file = now('open', storage.open('a', 'create'))
  now('write', file.write(pattern(100), 0))
  now('read', file.read(new Uint8Array(10), 0))
  now('size', file.size())
  now('resize', file.resize(50))
  now('writeDurable', file.writeDurable?.(pattern(10), 0))
  now('reserve', file.reserve?.(3 * 2 ** 20))
  now('sync', file.sync())
  now('close of a file', file.close())
  now('close of a reader', now('open', storage.open('a', 'read')).close())
  now('rename', storage.rename('a', 'b'))
  now('list', storage.list())
  now('syncNames', storage.syncNames())
  now('remove', storage.remove('b'))
  now('release', lock.release())
  now('close', storage.close())
}
