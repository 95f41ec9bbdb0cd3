import type { LogFile } from '../../contract.ts'
import { concat, pattern } from '../bytes.ts'
import type { CheckDefinition } from '../definition.ts'

const durably = (file: LogFile, source: Uint8Array<ArrayBuffer>, position: number): unknown =>
  file.writeDurable?.(source, position)

const like = 'writeDurable: writes and makes durable exactly these bytes'
const grow = 'reserve: grows the file to size with real zeros; does nothing when the file is as large already'

/** `reserve` is tried across the slices in which adapters write zeros. */
const reservedBytes = 3 * 2 ** 20 + 5

export const durableChecks: readonly CheckDefinition[] = [
  {
    id: 'durable.writes',
    title: 'writeDurable writes as write does, and the two see each other’s bytes',
    contract: like,
    needs: 'writeDurable',
    async run(bench) {
      const file = await bench.create('a', pattern(100))
      await durably(file, pattern(50, 2), 50)
      await file.write(pattern(10, 3), 60)
      await durably(file, pattern(10, 4), 9000)
      const expected = new Uint8Array(9010)
      expected.set(pattern(100), 0)
      expected.set(pattern(50, 2), 50)
      expected.set(pattern(10, 3), 60)
      expected.set(pattern(10, 4), 9000)
      bench.sameBytes(await bench.contents(file), expected, 'the file after durable writes')
    },
  },
  {
    id: 'durable.complete',
    title: 'writeDurable writes all of several MiB, from a view, and gives the buffer back',
    contract: like,
    needs: 'writeDurable',
    async run(bench) {
      const buffer = pattern(5 * 2 ** 20 + 7)
      const content = buffer.slice(3)
      const file = await bench.create('a')
      await durably(file, buffer.subarray(3), 0)
      buffer.fill(0xee)
      await durably(file, new Uint8Array(0), 5)
      bench.sameBytes(await bench.contents(file), content, 'a large durable write')
    },
  },
  {
    id: 'reserve.grows',
    title: 'reserve makes the file exactly as large as asked, with zeros',
    contract: grow,
    needs: 'reserve',
    async run(bench) {
      const file = await bench.create('a')
      await file.reserve?.(reservedBytes)
      bench.sameBytes(await bench.contents(file), new Uint8Array(reservedBytes), 'the reserved file')
    },
  },
  {
    id: 'reserve.keeps',
    title: 'reserve leaves what was written alone, and brings nothing back that was cut off',
    contract: grow,
    needs: 'reserve',
    async run(bench) {
      const file = await bench.create('a', pattern(10_000))
      await file.resize(5000)
      await file.reserve?.(reservedBytes)
      const expected = concat(pattern(10_000).subarray(0, 5000), new Uint8Array(reservedBytes - 5000))
      bench.sameBytes(await bench.contents(file), expected, 'the file around a reservation')
    },
  },
  {
    id: 'reserve.smaller',
    title: 'reserve does nothing when the file is as large already',
    contract: grow,
    needs: 'reserve',
    async run(bench) {
      const file = await bench.create('a', pattern(5000))
      for (const size of [0, 100, 4999, 5000]) await file.reserve?.(size)
      bench.sameBytes(await bench.contents(file), pattern(5000), 'the file after reservations below its size')
    },
  },
]
