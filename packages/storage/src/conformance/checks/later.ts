import type { LogFile } from '../../contract.ts'
import { concat, pattern } from '../bytes.ts'
import type { CheckDefinition } from '../definition.ts'

const later = (file: LogFile, source: Uint8Array<ArrayBuffer>, position: number): unknown =>
  file.writeLater?.(source, position)

const contract = 'writeLater: at the latest when the file is closed; readers see them at once; never over newer bytes'

export const laterChecks: readonly CheckDefinition[] = [
  {
    id: 'later.lands',
    title: 'what was to be written later is there when the file was closed, as it was at the call',
    contract,
    needs: 'writeLater',
    async run(bench) {
      const file = await bench.create('a', pattern(100))
      const source = pattern(40, 2)
      await later(file, source, 100)
      source.fill(0xee)
      await file.close()
      bench.sameBytes(await bench.contentsOf('a'), concat(pattern(100), pattern(40, 2)), 'the file after closing')
    },
  },
  {
    id: 'later.visible',
    title: 'readers see at once what is to be written later',
    contract,
    needs: 'writeLater',
    async run(bench) {
      const file = await bench.create('a', pattern(100))
      const reader = await bench.open('a', 'read')
      await later(file, pattern(40, 2), 80)
      const expected = concat(pattern(100).subarray(0, 80), pattern(40, 2))
      bench.sameBytes(await bench.contents(reader), expected, 'the file through another handle')
      bench.sameBytes(await bench.contents(file), expected, 'the file through the same handle')
    },
  },
  {
    id: 'later.yields',
    title: 'what is written afterwards wins over what was to be written later, whether it covers it or a part of it',
    contract,
    needs: 'writeLater',
    async run(bench) {
      const file = await bench.create('a', pattern(100))
      await later(file, pattern(40, 2), 100)
      await file.write(pattern(60, 3), 100)
      await later(file, pattern(40, 4), 160)
      await file.write(pattern(10, 5), 170)
      await later(file, pattern(40, 6), 200)
      await file.resize(190)
      await file.close()
      const rest = pattern(40, 4).subarray(0, 30)
      rest.set(pattern(10, 5), 10)
      bench.sameBytes(await bench.contentsOf('a'), concat(pattern(100), pattern(60, 3), rest), 'the file after closing')
    },
  },
]
