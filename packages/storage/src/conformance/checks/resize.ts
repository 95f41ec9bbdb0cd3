import { concat, pattern } from '../bytes.ts'
import type { CheckDefinition } from '../definition.ts'

export const resizeChecks: readonly CheckDefinition[] = [
  {
    id: 'resize.cut',
    title: 'a cut keeps what lies before it',
    contract: 'resize: cuts the file',
    async run(bench) {
      const file = await bench.create('a', pattern(10_000))
      await file.resize(4097)
      bench.sameBytes(await bench.contents(file), pattern(10_000).slice(0, 4097), 'the cut file')
      await file.resize(4097)
      bench.equal(await file.size(), 4097, 'the size after a resize to the same size')
      await file.resize(0)
      bench.equal(await file.size(), 0, 'the size after resize(0)')
    },
  },
  {
    id: 'resize.extend',
    title: 'an extension is zeros',
    contract: 'resize: extends with zeros',
    async run(bench) {
      const file = await bench.create('a', pattern(100))
      await file.resize(9000)
      bench.sameBytes(await bench.contents(file), concat(pattern(100), new Uint8Array(8900)), 'the extended file')
    },
  },
  {
    id: 'resize.no-return',
    title: 'bytes that were cut off do not come back, by an extension or behind a gap',
    contract: 'resize: cuts the file, or extends with zeros; a write behind the end fills the gap with zeros',
    async run(bench) {
      const file = await bench.create('a', pattern(10_000))
      await file.resize(50)
      await file.resize(10_000)
      const extended = concat(pattern(50), new Uint8Array(9950))
      bench.sameBytes(await bench.contents(file), extended, 'the file cut and extended')
      await file.write(pattern(9950, 2), 50)
      await file.resize(50)
      await file.write(pattern(10, 3), 9990)
      const expected = concat(pattern(50), new Uint8Array(9940), pattern(10, 3))
      bench.sameBytes(await bench.contents(file), expected, 'the file cut and written behind its end')
    },
  },
]
