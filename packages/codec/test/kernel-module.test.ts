import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { kernelModule } from '../src/kernel-module.ts'
import { instructionsOf } from './support/instructions.ts'
import { native } from './support/web-assembly.ts'

const memoryGrow = 0x40
const bytes = new Uint8Array(Buffer.from(kernelModule, 'hex'))
const module = new native.Module(bytes)

/** A module with one function, which grows its memory by a page. */
const growing = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x05, 0x03, 0x01, 0x00, 0x01],
  ...[0x0a, 0x09, 0x01, 0x07, 0x00, 0x41, 0x01, 0x40, 0x00, 0x1a, 0x0b],
])

describe('the WebAssembly module', () => {
  it('has no instruction that grows memory, and the walk that says so would find one', () => {
    expect(native.validate(growing)).toBe(true)
    expect(instructionsOf(growing)).toContain(memoryGrow)
    const instructions = instructionsOf(bytes)
    expect(instructions).not.toContain(memoryGrow)
    expect(instructions.size).toBeGreaterThan(20)
  })

  it('imports a memory and nothing else, and exports the three loops', () => {
    expect(native.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }])
    expect(native.Module.exports(module).map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'function probe',
      'function scan',
      'function seal',
    ])
  })

  it('is small enough to be compiled at once on the main thread of any browser', () => {
    expect(bytes.length).toBeLessThanOrEqual(3072)
  })
})
