import { createPortableKernel, frameBytes, type Kernel } from '@varve/codec'
import { synchronousRuntime, type LogFile } from '@varve/storage'
import { memoryStorage } from '@varve/storage-memory'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openLogSync } from '../../src/index.ts'
import { FrameReader, startOfFile, type FrameRun } from '../../src/read/frame-reader.ts'
import { FrameWalker } from '../../src/read/frame-walker.ts'
import { payload } from '../support/log-records.ts'

interface Run {
  readonly kernel: Kernel
  readonly sequences: readonly number[]
}

const shared = createPortableKernel(new Uint8Array(4096))

/** The runs of a file that holds records of these sizes, and nothing else; each record is compared. */
function runsOf(sizes: readonly number[]): readonly Run[] {
  const storage = memoryStorage()
  const log = openLogSync({ storage, segmentBytes: 1_048_576, blockBytes: 128 })
  sizes.forEach((size, at) => log.enqueue(payload(at, size)))
  log.flushSync()
  const [segment] = log.segments
  if (segment === undefined) return []
  const { name, header, end } = segment
  const file = storage.open(name, 'read') as LogFile
  const reader = new FrameReader(file, name, header, startOfFile(header, end), shared)
  const runtime = synchronousRuntime()
  const runs: Run[] = []
  for (;;) {
    const run = runtime.run(reader.next()) as FrameRun | undefined
    if (run === undefined) break
    const walker = new FrameWalker(run)
    const sequences: number[] = []
    while (walker.next()) {
      const { sequence } = walker
      expect(walker.payload).toEqual(payload(sequence - 1, sizes[sequence - 1]))
      sequences.push(sequence)
    }
    runs.push({ kernel: run.kernel, sequences })
  }
  expect(reader.state.position).toBe(end)
  return runs
}

const kernelsOf = (runs: readonly Run[]): readonly Kernel[] => [...new Set(runs.map(({ kernel }) => kernel))]

describe('frames that are larger than the buffer', () => {
  it('share one of their own, for as long as they fit into it, with small ones between', () => {
    const runs = runsOf([100, 9000, 8000, 20, 20, 9000, 4500, 100])
    const [small, large, ...more] = kernelsOf(runs)
    expect([small === shared, more.length]).toEqual([true, 0])
    expect(large?.memory.length).toBe(frameBytes(9000))
    const inLarge = runs.filter(({ kernel }) => kernel === large).flatMap(({ sequences }) => sequences)
    expect(inLarge).toEqual(expect.arrayContaining([2, 3, 6, 7]))
  })

  it('get a larger one when they do not fit', () => {
    const sizes = kernelsOf(runsOf([5000, 6000, 5000, 7000])).map(({ memory }) => memory.length)
    expect(sizes).toEqual([4096, 5000, 6000, 7000].slice(1).map((size) => frameBytes(size)))
  })

  it('are read whole and in order, whatever stands between them', () => {
    const anySize = fc.oneof(fc.nat(300), fc.integer({ min: 4040, max: 4110 }), fc.nat(20_000))
    fc.assert(
      fc.property(fc.array(anySize, { minLength: 1, maxLength: 40 }), (sizes) => {
        const runs = runsOf(sizes)
        expect(runs.flatMap(({ sequences }) => sequences)).toEqual(sizes.map((_, at) => at + 1))
        // A larger one is made only for what is larger than all before.
        const record = new Set<number>()
        let largest = 4096
        for (const size of sizes) if (frameBytes(size) > largest) record.add((largest = frameBytes(size)))
        const large = kernelsOf(runs).filter((kernel) => kernel !== shared)
        expect(large.map(({ memory }) => memory.length)).toEqual([...record])
      }),
      { numRuns: 60 },
    )
  })
})
