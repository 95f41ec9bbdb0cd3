import { Buffer } from 'node:buffer'
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  createScanState,
  decodeFileHeader,
  type FileHeader,
  type Kernel,
  scanStop,
  type ScanState,
} from '../src/index.ts'
import { toBig } from './support/arbitrary.ts'
import { kernels, portableOver } from './support/kernels.ts'

const root = resolve(import.meta.dirname, '../../../fixtures/format-1')
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => /^[^/\\]+[/\\]log[/\\][^/\\]+\.(varve|records)$/.test(file))
  .sort()

/** The files whose header verifies, each with it. */
const golden = files.flatMap((name) => {
  const bytes = new Uint8Array(readFileSync(resolve(root, name)))
  const result = decodeFileHeader(bytes)
  return result.kind === 'header' ? [{ name, bytes, header: result.header }] : []
})

interface Found {
  readonly stop: number
  readonly state: ScanState
  /** Where headers verify behind the place where the scan stopped. */
  readonly behind: readonly number[]
}

function read(kernel: Kernel, bytes: Uint8Array, header: FileHeader): Found {
  const { firstSequence, lastTimestamp, chain, blockBytes: position, capacity: limit } = header
  const state = createScanState({ position, limit, lastSequence: firstSequence - 1, lastTimestamp, chain })
  const stop = kernel.scan(position, bytes.length, state)
  const behind: number[] = []
  for (let at = kernel.probe(state.position, bytes.length, state.position); at >= 0; ) {
    behind.push(at)
    at = kernel.probe(at + 8, bytes.length, at + 8)
  }
  return { stop, state, behind }
}

describe('golden logs', () => {
  it('are there: records, damage, and what a newer version wrote', () => {
    expect(golden.length).toBeGreaterThan(25)
    const found = golden.map(({ bytes, header }) => {
      return read(portableOver(bytes, { id: header.checksum, salt: toBig(header.salt) }), bytes, header)
    })
    const stops = new Set(found.map(({ stop }) => stop))
    expect([...stops]).toEqual(expect.arrayContaining([scanStop.header, scanStop.unsupported]))
    expect(found.some(({ behind }) => behind.length > 0)).toBe(true)
    expect(found.reduce((sum, { state }) => sum + state.records, 0)).toBeGreaterThan(50)
  })

  it.each(golden)('are read alike by every kernel: $name', ({ bytes, header }) => {
    const results = kernels.map(([, kernelOver]) => {
      const kernel = kernelOver(bytes, { id: header.checksum, salt: toBig(header.salt) })
      return { ...read(kernel, bytes, header), memory: Buffer.from(kernel.memory).toString('hex') }
    })
    for (const result of results) expect(result).toEqual(results[0])
  })
})
