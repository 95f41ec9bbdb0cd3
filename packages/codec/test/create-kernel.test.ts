import { afterEach, describe, expect, it, vi } from 'vitest'
import { createKernel, type Kernel } from '../src/index.ts'
import { native, type NativeMemory } from './support/web-assembly.ts'

interface Size {
  readonly initial: number
  readonly maximum: number
}

/** What a constructor does before the platform's own. */
type Before = () => void

interface Calls {
  modules: number
  readonly memories: Size[]
  instances: number
}

/** WebAssembly as the platform has it, in which some constructors do something first; and what each was called with. */
function platformWith(before: Partial<Record<'Module' | 'Memory' | 'Instance', Before>>): Calls {
  const calls: Calls = { modules: 0, memories: [], instances: 0 }
  class Module extends native.Module {
    constructor(bytes: Uint8Array<ArrayBuffer>) {
      calls.modules += 1
      before.Module?.()
      super(bytes)
    }
  }
  class Memory extends native.Memory {
    constructor(size: Size) {
      calls.memories.push(size)
      before.Memory?.()
      super(size)
    }
  }
  class Instance extends native.Instance {
    constructor(module: object, imports: { env: { memory: object } }) {
      calls.instances += 1
      before.Instance?.()
      super(module, imports)
    }
  }
  vi.stubGlobal('WebAssembly', { Module, Memory, Instance })
  return calls
}

function failing(error: Error): Before {
  return () => {
    throw error
  }
}

/** Whether the kernel can do its work: one frame there and back. */
function works(kernel: Kernel): boolean {
  const chain = { low: 0, high: 0 }
  const end = kernel.stage(0, 0, 1, 1, 2, 0)
  return kernel.seal(0, end, 4096, 0, chain) === 1 && kernel.probe(0, end, 4096) === 0
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('a kernel is what the platform allows', () => {
  it('WebAssembly, on every runtime that runs these tests', () => {
    const kernel = createKernel(100)
    expect(kernel.name).toBe('webassembly')
    expect(works(kernel)).toBe(true)
  })

  it('portable if one asks for it, and then nothing is tried', () => {
    const calls = platformWith({})
    const kernel = createKernel(100, 'portable')
    expect([kernel.name, works(kernel)]).toEqual(['portable', true])
    expect(calls).toEqual({ modules: 0, memories: [], instances: 0 })
  })

  it('portable where there is no WebAssembly', () => {
    vi.stubGlobal('WebAssembly', undefined)
    const kernel = createKernel(100)
    expect([kernel.name, works(kernel)]).toEqual(['portable', true])
  })

  it('portable where a content security policy forbids to compile, and that is tried once', () => {
    const calls = platformWith({ Module: failing(new native.CompileError('violates the policy')) })
    for (let time = 0; time < 3; time++) {
      const kernel = createKernel(100)
      expect([kernel.name, works(kernel)]).toEqual(['portable', true])
    }
    expect(calls).toEqual({ modules: 1, memories: [], instances: 0 })
  })

  it('portable while there is no memory to be had, which is tried again once in a while', () => {
    let isShort = true
    const calls = platformWith({
      Memory: () => {
        if (isShort) throw new RangeError('could not allocate memory')
      },
    })
    expect([createKernel(100).name, createKernel(100).name]).toEqual(['portable', 'portable'])
    isShort = false
    const names = Array.from({ length: 300 }, () => createKernel(100).name)
    expect(names.indexOf('webassembly')).toBe(255)
    expect(names.lastIndexOf('portable')).toBe(254)
    expect(calls).toMatchObject({ modules: 1, memories: { length: 46 }, instances: 45 })
  })

  it('portable where the module cannot be instantiated', () => {
    const calls = platformWith({ Instance: failing(new native.LinkError('no')) })
    const kernel = createKernel(100)
    expect([kernel.name, works(kernel)]).toEqual(['portable', true])
    expect(calls.instances).toBe(1)
  })
})

describe('the memory of a WebAssembly kernel', () => {
  const sizes = [1, 100, 65_408, 65_409, 65_536, 2 ** 20, 2 ** 22 + 8]

  it.each(sizes)('of %d bytes is as long as asked, and zero', (bytes) => {
    const calls = platformWith({})
    const { name, memory } = createKernel(bytes)
    expect([name, memory.length, memory.byteOffset % 64]).toEqual(['webassembly', bytes, 0])
    expect(memory.some((byte) => byte !== 0)).toBe(false)
    const pages = memory.buffer.byteLength / 65_536
    expect(calls.memories).toEqual([{ initial: pages, maximum: pages }])
    expect(pages * 65_536 - bytes).toBeLessThan(65_536 + memory.byteOffset)
  })

  it('cannot grow: its size is its maximum, nor is it shared', () => {
    const made: NativeMemory[] = []
    class Memory extends native.Memory {
      constructor(size: Size) {
        super(size)
        made.push(this)
      }
    }
    vi.stubGlobal('WebAssembly', { Module: native.Module, Instance: native.Instance, Memory })
    const { memory } = createKernel(1000)
    expect(memory.buffer).toBeInstanceOf(ArrayBuffer)
    expect(() => made[0]!.grow(1)).toThrow(RangeError)
    expect(memory.buffer).toBe(made[0]!.buffer)
  })

  it('is not written to in front of what the kernel shows, nor behind it, by frames that fill it', () => {
    const kernel = createKernel(48)
    const { memory } = kernel
    const around = new Uint8Array(memory.buffer)
    around.fill(0xee, memory.byteOffset + memory.length)
    kernel.stage(0, 3, 1, 1, 0, 0)
    kernel.seal(0, 48, 4096, 0, { low: 0, high: 0 })
    expect(kernel.probe(0, 48, 4096)).toBe(0)
    expect(around.subarray(memory.byteOffset + memory.length).every((byte) => byte === 0xee)).toBe(true)
  })
})

describe('two WebAssembly kernels', () => {
  it('share nothing: not their life, not the state of a scan, not their bytes', () => {
    const one = createKernel(48)
    const other = createKernel(48)
    one.use({ checksum: 1, salt: { low: 1, high: 1 } })
    other.use({ checksum: 1, salt: { low: 2, high: 2 } })
    for (const kernel of [one, other]) kernel.stage(0, 3, 1, 1, 0, 0)
    one.seal(0, 48, 4096, 0, { low: 0, high: 0 })
    other.seal(0, 48, 4096, 0, { low: 0, high: 0 })
    expect([one.probe(0, 48, 4096), other.probe(0, 48, 4096)]).toEqual([0, 0])
    expect(one.memory).not.toEqual(other.memory)
    other.memory.set(one.memory)
    expect(other.probe(0, 48, 4096)).toBe(-1)
  })
})
