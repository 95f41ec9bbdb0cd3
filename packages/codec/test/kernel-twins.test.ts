import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createScanState, type Kernel, scanStop, type ScanState } from '../src/index.ts'
import { half, word } from './support/arbitrary.ts'
import { portableOver, webAssemblyOver } from './support/kernels.ts'
import type { Life } from './support/oracle.ts'

/** How often a property is tried; more with RUNS=10000 in the environment. */
const numRuns = Number(process.env.RUNS ?? 300)

/** A record, or what claims to be one. */
interface Staged {
  readonly bytes: number
  readonly fill: number
  readonly sequenceStep: number
  readonly timestampStep: number
  readonly type: number
  readonly flags: number
}

/** Mostly a run that verifies; now and then a number, a type or a flag that breaks its order. */
const staged: fc.Arbitrary<Staged> = fc.record({
  bytes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 64 }), fc.integer({ min: 65, max: 700 })),
  fill: fc.nat(255),
  sequenceStep: fc.oneof({ weight: 20, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.nat(2) }),
  timestampStep: fc.oneof({ weight: 9, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(2 ** 33) }),
  type: fc.oneof(fc.nat(8), fc.nat(0xffff)),
  flags: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(0, 0, 2) }, { weight: 1, arbitrary: fc.nat(255) }),
})
const run = fc.array(staged, { minLength: 1, maxLength: 9 })
const life: fc.Arbitrary<Life> = fc.record({ id: fc.constantFrom(1, 1, 1, 2), salt: fc.bigInt(0n, 2n ** 64n - 1n) })
const place = fc
  .tuple(fc.constantFrom(0, 4096, 2 ** 31 - 64, 2 ** 32 - 64, 2 ** 35 - 512, 2 ** 40, 2 ** 53 - 8192), fc.nat(20))
  .map(([base, step]) => base + step * 8)
const firstNumber = fc.constantFrom(1, 1, 7, 2 ** 31, 2 ** 32 - 1, 2 ** 53 - 4, 2 ** 53 - 1)
/** What happens to a byte. */
const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat(),
  mask: fc.constantFrom(1, 2, 4, 8, 16, 32, 64, 128, 255),
  length: fc.constantFrom(1, 1, 1, 8, 40),
  zero: fc.boolean(),
})

interface Twins {
  readonly both: readonly [portable: Kernel, webAssembly: Kernel]
  readonly end: number
}

/** The same call of both, which must agree on what it gives or throws, and on every byte of memory behind it. */
function agree<T>({ both }: Pick<Twins, 'both'>, call: (kernel: Kernel) => T): T {
  const [one, other] = both.map((kernel) => outcome(() => call(kernel)))
  expect(other).toEqual(one)
  // The matcher would take a minute over what this tells at once.
  if (Buffer.compare(both[0].memory, both[1].memory) !== 0) expect(both[1].memory).toEqual(both[0].memory)
  return one as T
}

function outcome(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    const { message, code, context } = error as Error & { code: unknown; context: unknown }
    return { message, code, context }
  }
}

function stageAll(records: readonly Staged[], first: number, of: Life): Twins {
  const bytes = records.reduce((sum, record) => sum + 40 + Math.ceil(record.bytes / 8) * 8, 0)
  const memory = new Uint8Array(bytes).fill(0xee)
  const both = [portableOver(memory, of), webAssemblyOver(memory, of)] as const
  let end = 0
  let sequence = first - 1
  let timestamp = first
  for (const { bytes: length, fill, sequenceStep, timestampStep, type, flags } of records) {
    const at = end
    sequence += (flags & 1) === 0 ? sequenceStep : 0
    timestamp += timestampStep
    end += agree({ both }, (kernel) => {
      const size = kernel.stage(at, length, sequence, timestamp, type, flags)
      for (let byte = 0; byte < length; byte++) kernel.memory[at + 40 + byte] = (fill + byte * 7) & 255
      return size
    })
  }
  return { both, end }
}

function stateFrom(position: number, first: number, changes: Partial<ScanState> = {}): ScanState {
  const chain = { low: 0xffff_fffe, high: 0x8000_0001 }
  const limit = Number.MAX_SAFE_INTEGER
  return { ...createScanState({ position, limit, lastSequence: first - 1, lastTimestamp: 0, chain }), ...changes }
}

/** Scans `[offset, end)` with both, and gives the state behind it. */
function scanBoth(twins: Twins, offset: number, end: number, state: ScanState): ScanState & { stop: number } {
  return agree(twins, (kernel) => {
    const own = { ...state }
    return { stop: kernel.scan(offset, end, own), ...own }
  })
}

describe('the WebAssembly kernel does what the portable one does', () => {
  it('to frames of any kind, sealed, damaged and scanned, in pieces, from and up to odd places', () => {
    const stops = new Set<number>()
    const property = fc.property(
      fc.record({ run, life, place, firstNumber, chain: word, durable: fc.nat(2 ** 20) }),
      fc.record({
        damage: fc.array(damage, { maxLength: 2 }),
        cut: fc.option(fc.nat(), { nil: undefined }),
        offset: fc.constantFrom(0, 0, 0, 1, 7, 40),
        limit: fc.option(fc.nat(3000), { nil: undefined }),
        lastControl: fc.constantFrom(0, 0, 0, 0, 1, 5, 6),
        insideBatch: fc.boolean(),
        durableEnd: fc.constantFrom(0, 8, 2 ** 34),
      }),
      (written, read) => {
        const position = written.place
        const twins = stageAll(written.run, written.firstNumber, written.life)
        const durableEnd = Math.min(Math.floor(position / 8), written.durable) * 8
        agree(twins, (kernel) => {
          const chain = { ...written.chain }
          return [kernel.seal(0, twins.end, position, durableEnd, chain), chain]
        })
        for (const kernel of twins.both) for (const each of read.damage) spoil(kernel.memory, each)

        const end = Math.max(read.offset, read.cut === undefined ? twins.end : read.cut % (twins.end + 1))
        const limit = position + (read.limit ?? twins.end)
        const { insideBatch, lastControl, durableEnd: known } = read
        const changes = { limit, insideBatch, lastControl, durableEnd: known }
        const state = stateFrom(position, written.firstNumber, changes)
        const { stop, ...behind } = scanBoth(twins, read.offset, end, state)
        stops.add(stop)
        const rest = read.offset + behind.position - position
        scanBoth(twins, rest, twins.end, behind)
        agree(twins, (kernel) => kernel.probe(read.offset, end, position + read.offset))
        agree(twins, (kernel) => kernel.probe(0, twins.end, position + 8))
      },
    )
    fc.assert(property, { numRuns: numRuns * 5 })
    expect([...stops].sort()).toEqual(Object.values(scanStop))
  })

  it('to payloads of every length up to 200, and to some beyond 64 KiB', () => {
    const lengths = [...Array.from({ length: 201 }, (_, length) => length), 65_535, 65_536, 65_537, 200_003]
    const record = { fill: 3, sequenceStep: 1, timestampStep: 1, type: 9, flags: 0 }
    const records = lengths.map((bytes) => ({ ...record, bytes }))
    for (const salt of [0n, 1n, 2n ** 63n, 2n ** 64n - 1n]) {
      const twins = stageAll(records, 1, { id: 1, salt })
      const chain = { low: 0xffff_fffe, high: 0x8000_0001 }
      expect(agree(twins, (kernel) => kernel.seal(0, twins.end, 2 ** 33, 2 ** 33, { ...chain }))).toBe(lengths.length)
      const { stop, records: verified } = scanBoth(twins, 0, twins.end, stateFrom(2 ** 33, 1))
      expect([stop, verified]).toEqual([scanStop.end, lengths.length])
    }
  })

  it('to bytes of any kind, wherever a frame version stands among them', () => {
    const bytes = fc.uint8Array({ minLength: 40, maxLength: 400 })
    fc.assert(
      fc.property(bytes, life, place, fc.nat(400), half, (content, of, position, cut, version) => {
        for (let at = 39; at < content.length; at += 8) if ((version >> at % 31) & 1) content.set([0, 1], at - 1)
        const twins: Twins = { both: [portableOver(content, of), webAssemblyOver(content, of)], end: content.length }
        const offset = Math.min(cut, content.length)
        agree(twins, (kernel) => kernel.seal(offset, content.length, position, 0, { low: 1, high: 2 }))
        agree(twins, (kernel) => kernel.probe(0, offset, position))
        agree(twins, (kernel) => kernel.probe(offset, content.length, position))
        scanBoth(twins, offset, content.length, stateFrom(position, 1))
      }),
      { numRuns },
    )
  })

  it('to arguments that it refuses', () => {
    const number = fc.oneof(fc.constantFrom(0, 8, 40, 96, -8, 4, 2 ** 53, 2 ** 53 - 8, 2 ** 35), fc.nat(200))
    fc.assert(
      fc.property(number, number, number, number, (offset, end, position, durableEnd) => {
        const twins = stageAll([{ bytes: 56, fill: 1, sequenceStep: 1, timestampStep: 0, type: 0, flags: 0 }], 1, {
          id: 1,
          salt: 5n,
        })
        agree(twins, (kernel) => {
          const chain = { low: 1, high: 2 }
          return [outcome(() => kernel.seal(offset, end, position, durableEnd, chain)), chain]
        })
        agree(twins, (kernel) => kernel.stage(offset, end, 1, 1, 0, 0))
        agree(twins, (kernel) => kernel.probe(offset, end, 0))
        scanBoth(twins, offset, end, stateFrom(4096, 1))
      }),
      { numRuns },
    )
  })
})

interface Damage {
  readonly at: number
  readonly mask: number
  readonly length: number
  readonly zero: boolean
}

function spoil(memory: Uint8Array, { at, mask, length, zero }: Damage): void {
  const first = at % memory.length
  for (let byte = first; byte < Math.min(first + length, memory.length); byte++) {
    memory[byte] = zero ? 0 : memory[byte]! ^ mask
  }
}
