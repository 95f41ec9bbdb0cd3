import { describe, expect, it } from 'vitest'
import { excludedFiles, testFiles } from '../src/bundle/bundle.ts'
import { exclusionsOf } from '../src/bundle/exclusions.ts'

/** Tried at home. */
const walks = [
  'packages/segments/test/crash/exhaustive-async.test.ts',
  'packages/segments/test/crash/exhaustive-blocks.test.ts',
  'packages/segments/test/crash/exhaustive-sync.test.ts',
  'packages/segments/test/crash/faults.test.ts',
  'packages/segments/test/crash/hazards-names.test.ts',
  'packages/segments/test/crash/hazards-recycling.test.ts',
  'packages/segments/test/crash/hazards-retention.test.ts',
  'packages/segments/test/crash/hazards-syncs.test.ts',
  'packages/segments/test/crash/hazards-tails.test.ts',
  'packages/segments/test/crash/nested.test.ts',
  'packages/segments/test/damage/byte-flips.test.ts',
  'packages/segments/test/damage/byte-flips-variants.test.ts',
  'packages/segments/test/damage/sectors.test.ts',
  'packages/segments/test/damage/truncation.test.ts',
  'packages/segments/test/damage/truncation-inside.test.ts',
]

/** Searched at home. */
const searches = [
  'packages/checkpoint/test/young-names.test.ts',
  'packages/segments/test/crash/random-lives.test.ts',
  'packages/segments/test/crash/scheduled.test.ts',
  'packages/segments/test/format/independent-decoder.test.ts',
  'packages/segments/test/properties/admission.test.ts',
  'packages/segments/test/properties/bursts.test.ts',
  'packages/segments/test/properties/equivalence.test.ts',
  'packages/segments/test/properties/lookups.test.ts',
  'packages/segments/test/properties/model.test.ts',
  'packages/segments/test/properties/recovery.test.ts',
  'packages/segments/test/properties/retention.test.ts',
  'packages/segments/test/reader/lookup-scheduled.test.ts',
  'packages/segments/test/reader/tail-scheduled.test.ts',
  'packages/segments/test/replica/forks.test.ts',
  'packages/segments/test/replica/histories.test.ts',
]

describe('files of tests that do not run in browsers', () => {
  it('are these and no others', async () => {
    const excluded = await excludedFiles(testFiles())
    expect(Object.fromEntries(excluded.map(({ file, because }) => [file, because]))).toEqual({
      'packages/codec/test/checksum.test.ts': 'node:zlib',
      'packages/segments/test/format/golden-directories.test.ts': expect.stringContaining('node:os') as string,
      'packages/segments/test/observe/diagnostics-channel.test.ts': 'node:diagnostics_channel',
      'packages/segments/test/properties/recovery-memory.test.ts': 'vi.mock',
      'packages/segments/test/retention/recycle-beside-readers.test.ts': expect.stringContaining('node:os') as string,
      'packages/segments/test/writer/overload.test.ts': 'it is a minute of load on a simulated clock',
      ...Object.fromEntries(walks.map((file) => [file, 'it tries everything there is, which takes long'])),
      ...Object.fromEntries(searches.map((file) => [file, 'it searches at random for long, in memory'])),
    })
  })

  it('are found by what they import, over other files, and by what they do', () => {
    const external = (path: string): never => ({ path, kind: 'import-statement', external: true }) as never
    const local = (path: string): never => ({ path, kind: 'import-statement' }) as never
    const input = (...imports: never[]): { bytes: number; imports: never[] } => ({ bytes: 1, imports })
    const inputs = {
      'one.test.ts': input(local('support.ts'), external('node:buffer')),
      'support.ts': input(external('node:zlib'), external('vitest')),
      'other.test.ts': input(external('node:fs'), external('vitest')),
      'mocking.test.ts': input(),
    }
    const textOf = (file: string): string => (file === 'mocking.test.ts' ? 'vi.mock(' : '')
    expect(exclusionsOf(['one.test.ts', 'other.test.ts', 'mocking.test.ts'], inputs, textOf)).toEqual([
      { file: 'one.test.ts', because: 'node:zlib (support.ts)' },
      { file: 'mocking.test.ts', because: 'vi.mock' },
    ])
  })
})
